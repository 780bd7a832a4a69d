import type { Socket } from 'node:net';
import { TcpListener, TEST_SERVER_HOST } from '../tcp-listener';
import { BrokerLogs } from './broker-logs';
import type { KafkaFaults, RequestFault } from './faults';
import { FrameSplitter } from './frame-splitter';
import { GroupRequests } from './group-requests';
import { kafkaApiOf, kafkaApis, kafkaErrors, type KafkaApi } from './protocol';
import { RecordRequests } from './record-requests';
import type { BrokerParts, KafkaAnswer, KafkaRequest } from './request';
import { TopicRequests } from './topic-requests';
import { WireReader, WireWriter } from './wire';

/** How the broker behaves; all of it has defaults that suit a test. */
export interface KafkaTestServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Whether asking for a topic makes it, as real brokers do by default. Default false. */
  readonly createsTopics?: boolean;
  /** Default 1. */
  readonly defaultPartitions?: number;
  /** How long a new group waits for more members: 3 s on a real broker. Default 20 ms. */
  readonly initialRebalanceDelayMs?: number;
  /** The largest batch that is taken. Default 1 MiB and a little, as on a real broker. */
  readonly messageBytesMax?: number;
}

const MESSAGE_BYTES_MAX = 1_048_588;
const REBALANCE_MS = 6_000;

type Handler = (request: KafkaRequest) => KafkaAnswer | Promise<KafkaAnswer>;

/**
 * A Kafka broker of one node in this process, for tests: the real protocol over TCP, the logs in
 * memory. Topics, records and committed offsets outlive {@link kill} and {@link restart}.
 */
export class KafkaTestServer {
  /** May be changed at any time. */
  readonly faults: KafkaFaults = {};
  private readonly logs = new BrokerLogs();
  private readonly listener: TcpListener;
  private readonly groups: GroupRequests;
  private readonly records: RecordRequests;
  private readonly handlers: Readonly<Record<KafkaApi, Handler>>;

  static async start(options: KafkaTestServerOptions = {}): Promise<KafkaTestServer> {
    const server = new KafkaTestServer(options);
    await server.restart();
    return server;
  }

  private constructor(options: KafkaTestServerOptions) {
    this.listener = new TcpListener((socket) => this.accept(socket), options.port);
    const parts: BrokerParts = {
      logs: this.logs,
      faults: this.faults,
      defaultPartitions: options.defaultPartitions ?? 1,
      createsTopics: options.createsTopics ?? false,
      messageBytesMax: options.messageBytesMax ?? MESSAGE_BYTES_MAX,
      address: () => ({ host: TEST_SERVER_HOST, port: this.listener.port }),
    };
    const topics = new TopicRequests(parts);
    this.records = new RecordRequests(parts);
    this.groups = new GroupRequests(parts, options.initialRebalanceDelayMs ?? 20);
    this.handlers = handlersOf(topics, this.records, this.groups, parts);
  }

  /** Such as `127.0.0.1:40123`; the same after a restart. */
  get address(): string {
    return this.listener.address;
  }

  /** Such as `kafka://127.0.0.1:40123`. */
  get url(): string {
    return `kafka://${this.address}`;
  }

  addTopic(name: string, partitions: number): void {
    this.logs.addTopic(name, partitions);
  }

  /** The offset that the next record of the partition gets; 0 where there is no such partition. */
  endOffset(topic: string, partition: number): bigint {
    return this.logs.partition(topic, partition)?.end ?? 0n;
  }

  /** Undefined where the group has committed nothing for the partition. */
  committedOffset(group: string, topic: string, partition: number): bigint | undefined {
    return this.logs.committed(group, topic, partition)?.offset;
  }

  /** Sends all members of a group to join again. */
  rebalance(group: string): void {
    this.groups.rebalance(group, REBALANCE_MS);
  }

  /** Cuts each connection. */
  dropConnections(): void {
    this.listener.dropConnections();
  }

  /** Closes the broker's half of each connection; what still comes in is not answered. */
  halfCloseConnections(): void {
    this.listener.halfCloseConnections();
  }

  /** Dies at once: connections and groups are gone, the data stays. */
  async kill(): Promise<void> {
    this.groups.end();
    const closed = this.listener.kill();
    this.records.wake();
    await closed;
  }

  /** Comes back on the same port with the same data. */
  async restart(): Promise<void> {
    await this.kill();
    await this.listener.listen();
  }

  private accept(socket: Socket): void {
    const frames = new FrameSplitter();
    // One request of a connection after the other, as a real broker does it.
    let turn: Promise<void> = Promise.resolve();
    socket.on('data', (chunk) => {
      for (const frame of frames.take(chunk)) {
        turn = turn
          .then(() => this.serve(socket, frame))
          .catch(() => {
            socket.destroy();
          });
      }
    });
  }

  private async serve(socket: Socket, frame: Buffer): Promise<void> {
    const body = new WireReader(frame);
    const key = body.int16();
    const version = body.int16();
    const correlation = body.int32();
    const clientId = body.text();
    const api = kafkaApiOf(key);
    const isServed =
      api !== undefined && version >= kafkaApis[api].min && version <= kafkaApis[api].max;
    if (!isServed && api !== 'apiVersions') {
      socket.destroy();
      return;
    }
    const fault = this.faults.onRequest?.(api, clientId);
    if (fault !== undefined && fault !== 'lose-reply') {
      fail(socket, fault);
      return;
    }
    const answer = isServed
      ? await this.handlers[api]({ version, clientId, body })
      : versionsAnswer(kafkaErrors.unsupportedVersion, 0);
    if (fault === 'lose-reply') socket.destroy();
    if (answer === undefined || !socket.writable) return;
    socket.write(
      new WireWriter()
        .int32(4 + answer.length)
        .int32(correlation)
        .raw(answer)
        .done(),
    );
  }
}

function fail(socket: Socket, fault: RequestFault): void {
  if (fault === 'half-close') socket.end();
  if (fault === 'lose-request') socket.destroy();
}

function handlersOf(
  topics: TopicRequests,
  records: RecordRequests,
  groups: GroupRequests,
  { logs }: BrokerParts,
): Readonly<Record<KafkaApi, Handler>> {
  return {
    produce: (request) => records.produce(request),
    fetch: (request) => records.fetch(request),
    listOffsets: (request) => records.listOffsets(request),
    metadata: (request) => topics.metadata(request),
    offsetCommit: (request) => groups.offsetCommit(request),
    offsetFetch: (request) => groups.offsetFetch(request),
    findCoordinator: (request) => groups.findCoordinator(request),
    joinGroup: (request) => groups.joinGroup(request),
    heartbeat: (request) => groups.heartbeat(request),
    leaveGroup: (request) => groups.leaveGroup(request),
    syncGroup: (request) => groups.syncGroup(request),
    describeGroups: (request) => groups.describeGroups(request),
    listGroups: (request) => groups.listGroups(request),
    apiVersions: ({ version }) => versionsAnswer(kafkaErrors.none, version),
    createTopics: (request) => topics.createTopics(request),
    deleteTopics: (request) => topics.deleteTopics(request),
    createPartitions: (request) => topics.createPartitions(request),
    initProducerId: () =>
      new WireWriter()
        .int32(0)
        .int16(kafkaErrors.none)
        .int64(logs.nextProducerId())
        .int16(0)
        .done(),
  };
}

function versionsAnswer(error: number, version: number): Buffer {
  const answer = new WireWriter().int16(error);
  answer.list(Object.values(kafkaApis), ({ key, min, max }) => {
    answer.int16(key).int16(min).int16(max);
  });
  if (version > 0) answer.int32(0);
  return answer.done();
}
