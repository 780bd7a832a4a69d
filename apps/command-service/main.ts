import 'reflect-metadata';
import { COMMAND_ROLE, runService } from '@ledgerdesk/hosting';

void runService(COMMAND_ROLE, process);
