import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import {
  DeleteResp,
  TombstoneResp,
  type DeleteReq,
  type TombstoneReq,
} from '@eventstore/db-client/generated/streams_pb';
import { Appends } from './appends';
import { clusterOf, supportedMethods } from './cluster';
import { ConnectionGate } from './connection-gate';
import { EventLog, type AppendOutcome } from './event-log';
import { FaultPlan } from './faults';
import { Journal } from './journal';
import { atPosition, expectedRevision, streamName } from './messages';
import { Reads } from './reads';
import { namedError, streamDeleted } from './rpc-errors';

export interface EventStoreDbTestServerOptions {
  /** The version the server says it has. */
  readonly version?: string;
  /** Largest append, in bytes of data, metadata and types. Default 1 MiB. */
  readonly appendBytesMax?: number;
  /** Puts a {@link ConnectionGate} in front, which can cut and silence connections. */
  readonly hasGate?: boolean;
  /**
   * A file to which each append is written and flushed (`fdatasync`) before it is answered, many
   * that wait with one flush; readers see what is flushed. A flush that fails ends the server, as
   * it does a real one, and what it was to save was never there. Default: answers from memory.
   */
  readonly journal?: string;
}

/** The parts that a restart makes anew. */
interface Node {
  readonly grpc: Server;
  readonly port: number;
  readonly appends: Appends;
  readonly reads: Reads;
  readonly journal: Journal | undefined;
}

const MESSAGE_BYTES_MAX = 17 * 1024 * 1024;

/**
 * EventStoreDB in this process, for tests: it speaks the gRPC protocol of streams, features and
 * gossip to the official, unmodified clients. The log is kept over `kill` and `restart`.
 */
export class EventStoreDbTestServer {
  readonly log = new EventLog();
  readonly faults = new FaultPlan();
  private node: Node | undefined;
  private port = 0;
  private gate: ConnectionGate | undefined;

  private constructor(private readonly options: EventStoreDbTestServerOptions) {}

  static async start(options: EventStoreDbTestServerOptions = {}): Promise<EventStoreDbTestServer> {
    const server = new EventStoreDbTestServer(options);
    await server.restart();
    return server;
  }

  /** What the client connects to; the same over restarts. */
  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** How many appends came in by each of the two ways since the last start. */
  get appendsReceived(): { readonly unary: number; readonly batch: number } {
    return this.running.appends.received;
  }

  get subscriptions(): number {
    return this.running.reads.subscriptions;
  }

  /** Events that subscriptions were given since the last start. */
  get delivered(): number {
    return this.running.reads.delivered;
  }

  /** Present where it was asked for. */
  get connections(): ConnectionGate {
    if (this.gate === undefined) throw new Error('start the server with { hasGate: true }');
    return this.gate;
  }

  /** Ends at once, as a killed process does; every open call fails. Idempotent. */
  async kill(): Promise<void> {
    const { node, gate } = this;
    this.node = undefined;
    this.gate = undefined;
    node?.reads.stopAll();
    node?.grpc.forceShutdown();
    await gate?.close();
    // Nobody waits any more for a disk that hangs.
    if (node !== undefined) this.faults.releaseFlushes();
    await node?.journal?.close();
  }

  /** Starts on the same port with the same log. */
  async restart(): Promise<void> {
    await this.kill();
    const { appendBytesMax = 1024 * 1024, hasGate = false } = this.options;
    const reads = new Reads(this.log, this.faults);
    const journal = await this.openJournal();
    const appends = new Appends(this.log, this.faults, appendBytesMax, () => void this.collapse());
    const grpc = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
    this.serve(grpc, appends, reads);
    const port = await bind(grpc, hasGate ? 0 : this.port);
    this.node = { grpc, port, appends, reads, journal };
    if (hasGate) this.gate = await ConnectionGate.open(port, this.port);
    this.port = this.gate?.port ?? port;
  }

  /** Ends all subscriptions: with an error, or without a word. */
  endSubscriptions(how: 'cleanly' | 'with-error'): void {
    this.running.reads.endSubscriptions(how);
  }

  /** Subscriptions stay open and deliver nothing until `resumeSubscriptions`. */
  stallSubscriptions(): void {
    this.running.reads.stall();
  }

  resumeSubscriptions(): void {
    this.running.reads.resume();
  }

  /** Flushes of the journal since the last start. */
  get flushes(): number {
    return this.running.journal?.flushes ?? 0;
  }

  private async openJournal(): Promise<Journal | undefined> {
    const { journal: path } = this.options;
    if (path === undefined) return undefined;
    const journal = await Journal.open(path, this.faults);
    this.log.writer = journal;
    return journal;
  }

  /** What becomes of a server that cannot write. */
  private async collapse(): Promise<void> {
    this.log.forgetUnflushed();
    await this.kill();
  }

  private get running(): Node {
    if (this.node === undefined) throw new Error('the server is down');
    return this.node;
  }

  private serve(grpc: Server, appends: Appends, reads: Reads): void {
    const { version = '24.10.0' } = this.options;
    grpc.addService(StreamsService, {
      append: appends.unary.bind(appends),
      batchAppend: appends.batch.bind(appends),
      read: (call: Parameters<Reads['read']>[0]) => void reads.read(call),
      delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, reply: sendUnaryData<DeleteResp>) =>
        this.softDelete(call, reply),
      tombstone: (
        call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
        reply: sendUnaryData<TombstoneResp>,
      ) => this.hardDelete(call, reply),
    });
    grpc.addService(ServerFeaturesService, {
      getSupportedMethods: (_: unknown, reply: sendUnaryData<unknown>) =>
        reply(null, supportedMethods(version)),
    });
    grpc.addService(GossipService, {
      read: (_: unknown, reply: sendUnaryData<unknown>) => reply(null, clusterOf(this.port)),
    });
  }

  private softDelete(
    { request }: ServerUnaryCall<DeleteReq, DeleteResp>,
    reply: sendUnaryData<DeleteResp>,
  ): void {
    const { stream, expected } = deletion(request.getOptions());
    const outcome = this.log.softDelete(stream, expected);
    this.whenFlushed(() => answerSoftDelete(stream, outcome, reply));
  }

  private hardDelete(
    { request }: ServerUnaryCall<TombstoneReq, TombstoneResp>,
    reply: sendUnaryData<TombstoneResp>,
  ): void {
    const { stream, expected } = deletion(request.getOptions());
    const outcome = this.log.hardDelete(stream, expected);
    this.whenFlushed(() => answerHardDelete(stream, outcome, reply));
  }

  private whenFlushed(answer: () => void): void {
    this.log.flushed().then(answer, () => void this.collapse());
  }
}

function answerSoftDelete(
  stream: string,
  outcome: AppendOutcome,
  reply: sendUnaryData<DeleteResp>,
): void {
  if (outcome.kind !== 'written') {
    reply(deleteError(stream, outcome));
    return;
  }
  const response = new DeleteResp();
  if (outcome.position === null) response.setNoPosition(new Empty());
  else response.setPosition(atPosition(new DeleteResp.Position(), outcome.position));
  reply(null, response);
}

function answerHardDelete(
  stream: string,
  outcome: AppendOutcome,
  reply: sendUnaryData<TombstoneResp>,
): void {
  if (outcome.kind !== 'written') {
    reply(deleteError(stream, outcome));
    return;
  }
  const response = new TombstoneResp();
  if (outcome.position === null) response.setNoPosition(new Empty());
  else response.setPosition(atPosition(new TombstoneResp.Position(), outcome.position));
  reply(null, response);
}

function deletion(options: DeleteReq.Options | TombstoneReq.Options | undefined) {
  const which = options?.getExpectedStreamRevisionCase() ?? 4;
  return {
    stream: streamName(options?.getStreamIdentifier()),
    expected: expectedRevision(which, options?.getRevision() ?? '0'),
  };
}

function deleteError(stream: string, outcome: Exclude<AppendOutcome, { kind: 'written' }>) {
  if (outcome.kind === 'stream-deleted') return streamDeleted(stream);
  const details = `Delete failed due to WrongExpectedVersion. Stream: ${stream}`;
  return namedError(status.FAILED_PRECONDITION, details, 'wrong-expected-version', {
    'stream-name': stream,
    'expected-version': '-2',
    'actual-version': String(outcome.current),
  });
}

function bind(grpc: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const address = `127.0.0.1:${port}`;
    grpc.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
}
