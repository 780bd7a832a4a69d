import 'reflect-metadata';
import { FLOW_ROLE, runService } from '@ledgerdesk/hosting';

void runService(FLOW_ROLE, process);
