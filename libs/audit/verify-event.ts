import type { StoredEvent } from '@ledgerdesk/event-store';
import { sha256 } from '@ledgerdesk/engine';
import {
  canonicalJson,
  isLedgerdeskError,
  type EventRegistry,
  type SealedEvent,
} from '@ledgerdesk/kernel';

/** What may be wrong with a log. Which check finds which is tabled in docs/reference/cli.md. */
export type FaultKind =
  | 'body-altered'
  | 'chain-broken'
  | 'revision-gap'
  | 'column-mismatch'
  | 'position-order'
  | 'unreadable'
  | 'unknown-type'
  | 'stream-head-mismatch'
  | 'stream-retention'
  | 'anchor-mismatch';

/** One fault. `stream`, `revision` and `position` are null where it concerns the log as a whole. */
export interface Fault {
  readonly kind: FaultKind;
  readonly stream: string | null;
  readonly revision: bigint | null;
  readonly position: bigint | null;
  /** What was found and what should be there. */
  readonly message: string;
}

/** What an event says about itself. Null where the body is altered or cannot be read. */
export interface ReadEvent {
  readonly sealed: SealedEvent | null;
  readonly faults: readonly Fault[];
}

const NO_FAULTS: readonly Fault[] = [];

/**
 * Checks one stored event by itself: the hash over its body, the canonical form of the body, the
 * columns beside it, its type and version. Cost: one SHA-256, one parse and one canonical
 * serialisation of the body.
 */
export function verifyEvent(event: StoredEvent, registry: EventRegistry): ReadEvent {
  if (sha256(event.body) !== event.hash) {
    const message = `the SHA-256 of the body is not the recorded hash ${event.hash}`;
    return { sealed: null, faults: [faultOf('body-altered', event, message)] };
  }
  const sealed = parse(event.body);
  if (sealed === null) {
    return {
      sealed,
      faults: [faultOf('unreadable', event, 'the body is not the JSON of an event')],
    };
  }
  const faults = [
    canonicalFault(event, sealed),
    columnFault(event, sealed),
    typeFault(event, sealed, registry),
  ].filter((fault) => fault !== undefined);
  return { sealed, faults: faults.length === 0 ? NO_FAULTS : faults };
}

/** A fault of this event. */
export function faultOf(kind: FaultKind, event: StoredEvent, message: string): Fault {
  const { stream, revision, position } = event;
  return { kind, stream, revision, position, message };
}

function parse(body: string): SealedEvent | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as SealedEvent)
      : null;
  } catch {
    return null;
  }
}

function canonicalFault(event: StoredEvent, sealed: SealedEvent): Fault | undefined {
  if (isCanonical(event.body, sealed)) return undefined;
  return faultOf('unreadable', event, 'the body is not in the canonical form of RFC 8785');
}

function isCanonical(body: string, sealed: SealedEvent): boolean {
  try {
    return canonicalJson(sealed) === body;
  } catch {
    return false;
  }
}

function columnFault(event: StoredEvent, sealed: SealedEvent): Fault | undefined {
  const differing = [
    sealed.id === event.id ? '' : 'id',
    sealed.type === event.type ? '' : 'type',
    sealed.stream === event.stream ? '' : 'stream',
    sealed.revision === event.revision.toString() ? '' : 'revision',
  ].filter((column) => column !== '');
  if (differing.length === 0) return undefined;
  const message = `the body names another ${differing.join(', ')} than the columns beside it`;
  return faultOf('column-mismatch', event, message);
}

function typeFault(
  event: StoredEvent,
  sealed: SealedEvent,
  registry: EventRegistry,
): Fault | undefined {
  try {
    const { version } = registry.definitionOf(sealed.type);
    if (sealed.schemaVersion >= 1 && sealed.schemaVersion <= version) return undefined;
    const found = String(sealed.schemaVersion);
    return faultOf(
      'unknown-type',
      event,
      `${sealed.type} has version ${found}, this build knows 1 to ${version}`,
    );
  } catch (error) {
    if (!isLedgerdeskError(error)) throw error;
    return faultOf('unknown-type', event, error.message);
  }
}
