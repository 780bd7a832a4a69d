import { adminCommands } from './admin-commands';
import type { Command, CommandContext } from './command';
import { documentCommands } from './document-commands';
import { notModelled, ServerFailure, type BsonDocument } from './server-failure';

const EVERY_COMMAND = [
  ...['$db', 'lsid', 'txnNumber', '$clusterTime', '$readPreference', 'apiVersion'],
  ...['readConcern', 'writeConcern', 'maxTimeMS', 'comment', 'let'],
];
const NOT_MODELLED = ['collation', 'hint', 'autocommit', 'startTransaction', 'tailable', 'min'];

const commands: Readonly<Record<string, Command>> = { ...adminCommands, ...documentCommands };

/** Carries out a command; a retryable write that comes again has the reply that it had. */
export function runCommand(context: CommandContext, body: BsonDocument): BsonDocument {
  const [name = ''] = Object.keys(body);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new ServerFailure(59, 'CommandNotFound', `no such command: '${name}'`);
  }
  checkFields(name, command, body);
  if (body['txnNumber'] === undefined) return command.run(context, body);
  if (!context.isReplicaSet) {
    throw new ServerFailure(
      20,
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
  const before = context.state.repeated(body);
  if (before !== undefined) return before;
  const reply = command.run(context, body);
  context.state.remember(body, reply);
  return reply;
}

function checkFields(name: string, command: Command, body: BsonDocument): void {
  for (const field of Object.keys(body)) {
    if (field === name || EVERY_COMMAND.includes(field) || command.fields.includes(field)) {
      continue;
    }
    if (NOT_MODELLED.includes(field)) throw notModelled(`${field} of ${name}`);
    throw new ServerFailure(
      40415,
      'Location40415',
      `BSON field '${name}.${field}' is an unknown field`,
    );
  }
}
