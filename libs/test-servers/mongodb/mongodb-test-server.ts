import { Long, ObjectId, Timestamp } from 'bson';
import type { Socket } from 'node:net';
import { TcpListener } from '../tcp-listener';
import type { CommandContext } from './command';
import { runCommand } from './commands';
import { Cursors } from './cursors';
import { DatabaseState } from './database-state';
import { failureOf, ServerFailure, type BsonDocument } from './server-failure';
import { FrameReader, readRequest, writeReply, type WireRequest } from './wire-protocol';

const SET_NAME = 'rs0';
/** MongoDB 7.0. */
const WIRE_VERSION = 21;

/** A command on its way in, for those who inject faults or keep a record. */
export interface MongoDbCommand {
  readonly name: string;
  readonly database: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What goes wrong with one command. `lose-request`: it is not carried out and the connection is
 * cut. `lose-reply`: it is carried out, then the connection is cut. `swallow-request` and
 * `swallow-reply`: the same, but the connection stays open and silent, as one that is half closed.
 * A code: the server answers with that error; `isDone` says that it carried the command out before.
 */
export type MongoDbFault =
  | 'lose-request'
  | 'lose-reply'
  | 'swallow-request'
  | 'swallow-reply'
  | { readonly code: number; readonly isDone?: boolean; readonly labels?: readonly string[] };

export interface MongoDbTestServerOptions {
  /** Default: as one member of a replica set, with retryable writes. */
  readonly replicaSet?: boolean;
  /** Without it, text indexes and `$text` are refused, as FerretDB 1.24 refuses them. */
  readonly textSearch?: boolean;
}

/**
 * A server in this process that speaks MongoDB's wire protocol (OP_MSG, as version 7.0) to the
 * official driver: documents, indexes, cursors, retryable writes. What it does not model it refuses
 * with code 238. Documents are kept over {@link kill} and {@link restart}. For tests only.
 */
export class MongoDbTestServer {
  /** Asked for each command; undefined lets it pass. */
  onCommand: ((command: MongoDbCommand) => MongoDbFault | undefined) | undefined;
  private readonly state = new DatabaseState();
  private readonly listener = new TcpListener((socket) => this.accept(socket));
  private cursors = new Cursors();
  private ticks = 0;

  private constructor(private readonly options: MongoDbTestServerOptions) {}

  /** Listens on a free port of the loopback interface. */
  static async start(options: MongoDbTestServerOptions = {}): Promise<MongoDbTestServer> {
    const server = new MongoDbTestServer(options);
    await server.restart();
    return server;
  }

  /** Connection string, without a database. */
  get url(): string {
    return `mongodb://${this.listener.address}/${this.isReplicaSet ? `?replicaSet=${SET_NAME}` : ''}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.listener.connections;
  }

  /** Result sets that clients have not read to their end. */
  get openCursors(): number {
    return this.cursors.count;
  }

  /** Cuts all connections; clients may connect again at once. */
  dropConnections(): void {
    this.listener.dropConnections();
  }

  /** Ends at once, as SIGKILL would: connections and cursors are gone, documents stay. */
  async kill(): Promise<void> {
    this.cursors = new Cursors();
    await this.listener.kill();
  }

  /** Listens again on the port that it had. */
  async restart(): Promise<void> {
    await this.kill();
    await this.listener.listen();
  }

  private get isReplicaSet(): boolean {
    return this.options.replicaSet !== false;
  }

  private accept(socket: Socket): void {
    const frames = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.read(chunk)) this.answer(socket, readRequest(frame));
      } catch {
        // What is no protocol of MongoDB ends the connection, as on a real server.
        socket.destroy();
      }
    });
  }

  private answer(socket: Socket, request: WireRequest): void {
    const { body } = request;
    const [name = ''] = Object.keys(body);
    const fault = this.onCommand?.({ name, database: String(body['$db']), body });
    if (fault === 'lose-request') {
      socket.destroy();
      return;
    }
    if (fault === 'swallow-request') return;
    const reply = this.replyTo(body, fault);
    if (fault === 'lose-reply') socket.destroy();
    if (fault === 'swallow-reply' || request.isUnanswered || socket.destroyed) return;
    socket.write(writeReply(request, { ...reply, ...this.times() }));
  }

  private replyTo(body: BsonDocument, fault: MongoDbFault | undefined): BsonDocument {
    try {
      if (typeof fault !== 'object') return { ...runCommand(this.context(), body), ok: 1 };
      if (fault.isDone === true) runCommand(this.context(), body);
      const labels = fault.labels === undefined ? {} : { errorLabels: [...fault.labels] };
      throw new ServerFailure(fault.code, 'InjectedFault', 'an injected fault', labels);
    } catch (error) {
      const { code, codeName, message, fields } = failureOf(error);
      return { ok: 0, errmsg: message, code, codeName, ...fields };
    }
  }

  private context(): CommandContext {
    return {
      state: this.state,
      cursors: this.cursors,
      hello: () => this.hello(),
      isReplicaSet: this.isReplicaSet,
      hasTextSearch: this.options.textSearch !== false,
    };
  }

  private hello(): BsonDocument {
    const me = this.listener.address;
    const set = {
      setName: SET_NAME,
      setVersion: 1,
      secondary: false,
      hosts: [me],
      primary: me,
      me,
      electionId: new ObjectId('7fffffff0000000000000001'),
    };
    return {
      helloOk: true,
      ismaster: true,
      isWritablePrimary: true,
      ...(this.isReplicaSet && set),
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: 30,
      connectionId: 1,
      minWireVersion: 0,
      maxWireVersion: WIRE_VERSION,
      readOnly: false,
    };
  }

  /** Members of a replica set tell the time of the cluster with each reply. */
  private times(): BsonDocument {
    if (!this.isReplicaSet) return {};
    this.ticks += 1;
    const time = new Timestamp({ t: Math.floor(Date.now() / 1000), i: this.ticks });
    const signature = { hash: Buffer.alloc(20), keyId: Long.ZERO };
    return { operationTime: time, $clusterTime: { clusterTime: time, signature } };
  }
}
