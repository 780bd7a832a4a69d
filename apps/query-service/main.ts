import 'reflect-metadata';
import { QUERY_ROLE, runService } from '@ledgerdesk/hosting';

void runService(QUERY_ROLE, process);
