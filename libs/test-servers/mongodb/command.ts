import type { Cursors } from './cursors';
import type { DatabaseState } from './database-state';
import type { BsonDocument } from './server-failure';

/** Where a command runs. */
export interface CommandContext {
  readonly state: DatabaseState;
  readonly cursors: Cursors;
  readonly hello: () => BsonDocument;
  readonly isReplicaSet: boolean;
  readonly hasTextSearch: boolean;
}

export interface Command {
  /** Fields that it understands beside those that every command has. */
  readonly fields: readonly string[];
  run(context: CommandContext, body: BsonDocument): BsonDocument;
}

/** The database that a command is for. */
export function databaseOf(body: BsonDocument): string {
  return String(body['$db']);
}
