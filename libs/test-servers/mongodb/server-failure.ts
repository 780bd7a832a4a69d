/** A BSON document as it comes from and goes to the wire. */
export type BsonDocument = Record<string, unknown>;

/** An error as a MongoDB server puts it into a reply. */
export class ServerFailure extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
    /** Further fields of the reply, such as `errorLabels` or `keyPattern`. */
    readonly fields: BsonDocument = {},
  ) {
    super(message);
  }
}

/** What a real server may do and this one does not: said at once, never answered with a guess. */
export function notModelled(what: string): ServerFailure {
  return new ServerFailure(238, 'NotImplemented', `the test server does not model ${what}`);
}

/** A request that no server would take. */
export function badValue(message: string): ServerFailure {
  return new ServerFailure(2, 'BadValue', message);
}

/** Whatever was thrown, as a server would report it. */
export function failureOf(error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  return badValue(error instanceof Error ? error.message : String(error));
}
