import 'reflect-metadata';
import { RELAY_ROLE, runService } from '@ledgerdesk/hosting';

void runService(RELAY_ROLE, process);
