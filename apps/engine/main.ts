import 'reflect-metadata';
import { ENGINE_ROLE, runService } from '@ledgerdesk/hosting';
import { CATALOGUE } from './start-engine';

void runService(ENGINE_ROLE, process, { catalogue: CATALOGUE });
