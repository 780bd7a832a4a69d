import { CollectionState, keyOf } from './collection-state';
import { ServerFailure, type BsonDocument } from './server-failure';

/** All that a server keeps over a kill and a restart. */
export class DatabaseState {
  private readonly collections = new Map<string, CollectionState>();
  /** The reply to the newest retryable write of each session. */
  private readonly replies = new Map<string, { readonly number: string; reply: BsonDocument }>();

  find(database: string, name: string): CollectionState | undefined {
    return this.collections.get(`${database}.${name}`);
  }

  /** For reading: an empty one, which is not kept, where there is none. */
  read(database: string, name: string): CollectionState {
    return this.find(database, name) ?? new CollectionState(database, name);
  }

  /** For writing: it is made where there is none. */
  write(database: string, name: string): CollectionState {
    const collection = this.read(database, name);
    this.collections.set(collection.namespace, collection);
    return collection;
  }

  of(database: string): CollectionState[] {
    return [...this.collections.values()].filter((one) => one.database === database);
  }

  databases(): string[] {
    return [...new Set([...this.collections.values()].map(({ database }) => database))];
  }

  drop(collection: CollectionState): void {
    this.collections.delete(collection.namespace);
  }

  rename(collection: CollectionState, name: string): void {
    if (this.find(collection.database, name) !== undefined) {
      throw new ServerFailure(48, 'NamespaceExists', 'target namespace exists');
    }
    this.drop(collection);
    collection.name = name;
    this.collections.set(collection.namespace, collection);
  }

  /** The reply that a repeated write had, so that it happens once. */
  repeated(body: BsonDocument): BsonDocument | undefined {
    const known = this.replies.get(keyOf(body['lsid']));
    return known?.number === String(body['txnNumber']) ? known.reply : undefined;
  }

  remember(body: BsonDocument, reply: BsonDocument): void {
    this.replies.set(keyOf(body['lsid']), { number: String(body['txnNumber']), reply });
  }
}
