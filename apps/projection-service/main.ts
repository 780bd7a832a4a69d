import 'reflect-metadata';
import { PROJECTION_ROLE, runService } from '@ledgerdesk/hosting';

void runService(PROJECTION_ROLE, process);
