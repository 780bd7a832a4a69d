import { canonicalJson } from '@ledgerdesk/kernel';
import { sha256, uuid5 } from '../ids';

/** What a command is, apart from its id: the same digest means the same wish of the same person. */
export interface CommandIdentity {
  readonly tenant: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly process: string;
  /** Id of the addressed ticket, or null for a command that creates one. */
  readonly ticket: string | null;
  readonly name: string;
  readonly body: object;
}

/**
 * SHA-256 of the canonical JSON of a command, its target and its sender: tells a repetition from a
 * reused id.
 *
 * @throws LedgerdeskError `malformed.not-canonical`
 */
export function commandDigest(identity: CommandIdentity): string {
  const { actor, body, name: command, onBehalfOf, process, tenant, ticket } = identity;
  return sha256(canonicalJson({ actor, body, command, onBehalfOf, process, tenant, ticket }));
}

/** The id of a command's n-th event (from 0): the same whenever and wherever it is sealed. */
export function eventIdOf(stream: string, commandId: string, index: number): string {
  return uuid5(`event ${stream} ${commandId} ${index}`);
}

/** The id of a ticket that a command creates, where its own id is no UUIDv7 to take. */
export function ticketIdOf(tenant: string, process: string, commandId: string): string {
  return uuid5(`ticket ${JSON.stringify(tenant)} ${process} ${commandId}`);
}

/**
 * The id of a ticket that a natural key names: the same for whichever command brings the key. A
 * namespace of its own keeps it apart from every id that derives from a command id.
 */
export function ticketIdOfKey(tenant: string, process: string, key: string): string {
  return uuid5(JSON.stringify([tenant, process, key]), NATURAL_KEY_NAMESPACE);
}

// Never changes, like every name that goes into an id.
const NATURAL_KEY_NAMESPACE = uuid5('natural-key');

/** The id of a companion command: the same each time the first one is sent. */
export function companionIdOf(commandId: string, name: string, ticket: string): string {
  return uuid5(`companion ${commandId} ${name} ${ticket}`);
}
