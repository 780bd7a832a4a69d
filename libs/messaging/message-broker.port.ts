/** A topic, with how many messages of it may be worked on side by side. */
export interface TopicDefinition {
  readonly name: string;
  /** 1 or more. A topic that is there keeps the number that it has. */
  readonly partitions: number;
}

/** Text by name. A broker may give a name several times; the texts are then a list. */
export type MessageHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A message on its way out. */
export interface OutgoingMessage {
  readonly topic: string;
  /**
   * Messages of one topic and key reach each group in the order in which they were published; null
   * where no order matters. At most 4,096 bytes.
   */
  readonly key: string | null;
  readonly value: string | Buffer;
  readonly headers?: MessageHeaders;
}

/** A message on its way in. */
export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  /** Grows within the partition, gaps allowed. */
  readonly offset: bigint;
  readonly key: string | null;
  /** As it was published; empty where the publisher gave none. */
  readonly value: Buffer;
  readonly headers: MessageHeaders;
}

/** What the handler of a message may want to know beside it. */
export interface DeliveryContext {
  /**
   * 1 at the first try in this process. Goes up with each try that fails, except by `unavailable`:
   * the try with `attemptsMax` is the last one.
   */
  readonly attempt: number;
  /** Aborts when the consumption is being stopped: what is under way should come to its end. */
  readonly signal: AbortSignal;
}

/** How often and how soon a message is tried again. */
export interface RetryPolicy {
  /**
   * Tries before a message goes to the dead letters. Errors of the kind `unavailable` do not count:
   * what is down is waited for.
   */
  readonly attemptsMax: number;
  /** The first wait; doubled with each try. */
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Where messages go that cannot be handled. */
export interface DeadLetterOptions {
  readonly topic: string;
  /**
   * What stands in the dead letter as its cause, such as a problem document. Of one that is too
   * large or cannot be written as JSON, `code` and `detail` are kept; one that throws is replaced.
   */
  readonly causeOf: (error: unknown) => Readonly<Record<string, unknown>>;
}

/**
 * A try that failed, and what follows. Also a dead letter that could not be published (`retry`),
 * and a cause that could not be told (`dead-letter`).
 */
export interface DeliveryFailure {
  readonly message: IncomingMessage;
  readonly error: unknown;
  /** As the handler was told. */
  readonly attempt: number;
  readonly outcome: 'retry' | 'dead-letter';
}

export interface ConsumeOptions {
  /** Consumers of one group share the messages; each group gets all of them. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Topics that are not there, the dead letters among them, are made with so many partitions.
   * Default: they have to be there.
   */
  readonly topicPartitions?: number;
  /**
   * Resolved, the message is acknowledged: its effect must be durable by then. Rejected, it is
   * tried again, or goes to the dead letters. May see a message twice.
   */
  readonly handle: (message: IncomingMessage, context: DeliveryContext) => Promise<void>;
  readonly deadLetters: DeadLetterOptions;
  readonly retry?: Partial<RetryPolicy>;
  /** For the log of the process. */
  readonly onFailure?: (failure: DeliveryFailure) => void;
  /** The connection or the group failed; the consumption goes on trying. */
  readonly onDrop?: (error: unknown) => void;
}

/** Plain numbers since the start. */
export interface ConsumptionFigures {
  readonly handled: number;
  readonly retries: number;
  readonly deadLetters: number;
  /** How often partitions were given out anew. */
  readonly rebalances: number;
  /** True while it is a member of its group. */
  readonly isConsuming: boolean;
  /** Why it is not consuming; null while it is, or before anything failed. */
  readonly failure: string | null;
}

/** A group's consumer in this process. Its owner stops it. */
export interface Consumption {
  /** Resolves once it is a member of its group; never rejects. Also when it is stopped before. */
  readonly ready: Promise<void>;
  figures(): ConsumptionFigures;
  /**
   * Takes no more messages, waits for those under way, acknowledges them and leaves the group.
   * Idempotent.
   */
  stop(): Promise<void>;
}

export interface MessageBrokerLimits {
  /** Largest message: key, value and headers together, in bytes. */
  readonly messageBytesMax: number;
}

/**
 * Carries messages at least once, in order for each key. Errors, by code: `invalid.message`,
 * `limit.message-key-size`, `limit.message-size` and `unavailable.broker` (nothing was published),
 * `unknown-outcome.publish` (may have been published: publish again, consumers take a message
 * twice), `limit.backlog` (nobody consumes as fast).
 */
export interface MessageBroker {
  readonly limits: MessageBrokerLimits;
  /** Makes those topics that are not there. Idempotent. */
  ensureTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /** Resolves once all messages are durable. A failed call may have published some of them. */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Begins at once and goes on until it is stopped, whatever becomes of the connection. A new group
   * begins at the oldest message of the topics.
   *
   * @throws LedgerdeskError `unavailable.broker` once it is being closed
   */
  consume(options: ConsumeOptions): Consumption;
  /** Whether the broker answers. Rejects with `unavailable.broker`. */
  ping(): Promise<void>;
  /** Stops the consumptions, waits for what is being published. Idempotent. */
  close(): Promise<void>;
}
