import type { PartitionLog } from './broker-logs';
import { kafkaErrors, NODE_ID } from './protocol';
import type { BrokerParts, KafkaRequest } from './request';
import { WireWriter } from './wire';

/** Topics and where they are: metadata, creation, deletion. */
export class TopicRequests {
  constructor(private readonly parts: BrokerParts) {}

  metadata({ body, version }: KafkaRequest): Buffer {
    const { logs, createsTopics, defaultPartitions } = this.parts;
    const asked = body.nullableList(() => body.text());
    const isToCreate = body.boolean() && createsTopics;
    for (const name of asked ?? []) {
      if (isToCreate && !logs.topics.has(name)) logs.addTopic(name, defaultPartitions);
    }
    const { host, port } = this.parts.address();
    const answer = new WireWriter().int32(0);
    answer.list([NODE_ID], (node) => answer.int32(node).text(host).int32(port).text(null));
    answer.text('test-cluster').int32(NODE_ID);
    answer.list(asked ?? [...logs.topics.keys()], (name) => {
      const partitions = logs.topics.get(name);
      answer
        .int16(partitions ? kafkaErrors.none : kafkaErrors.unknownTopicOrPartition)
        .text(name)
        .boolean(false);
      writePartitions(answer, partitions ?? [], version);
    });
    return answer.done();
  }

  createTopics({ body }: KafkaRequest): Buffer {
    const { logs, defaultPartitions } = this.parts;
    const topics = body.list(() => {
      const name = body.text();
      const partitions = body.int32();
      body.int16();
      body.list(() => [body.int32(), body.list(() => body.int32())]);
      body.list(() => [body.text(), body.nullableText()]);
      return { name, partitions };
    });
    body.int32();
    const isOnlyValidated = body.boolean();
    const answer = new WireWriter().int32(0);
    answer.list(topics, ({ name, partitions }) => {
      const exists = logs.topics.has(name);
      if (!exists && !isOnlyValidated) {
        logs.addTopic(name, partitions < 0 ? defaultPartitions : partitions);
      }
      answer.text(name).int16(exists ? kafkaErrors.topicAlreadyExists : kafkaErrors.none);
      answer.text(exists ? `Topic '${name}' already exists.` : null);
    });
    return answer.done();
  }

  createPartitions({ body }: KafkaRequest): Buffer {
    const { logs } = this.parts;
    const topics = body.list(() => {
      const name = body.text();
      const count = body.int32();
      body.list(() => body.list(() => body.int32()));
      return { name, count };
    });
    const answer = new WireWriter().int32(0);
    answer.list(topics, ({ name, count }) => {
      const isKnown = logs.topics.has(name);
      if (isKnown) logs.addTopic(name, count);
      answer.text(name).int16(isKnown ? kafkaErrors.none : kafkaErrors.unknownTopicOrPartition);
      answer.text(null);
    });
    return answer.done();
  }

  deleteTopics({ body }: KafkaRequest): Buffer {
    const { logs } = this.parts;
    const answer = new WireWriter().int32(0);
    answer.list(
      body.list(() => body.text()),
      (name) => {
        const wasThere = logs.topics.delete(name);
        answer.text(name).int16(wasThere ? kafkaErrors.none : kafkaErrors.unknownTopicOrPartition);
      },
    );
    return answer.done();
  }
}

function writePartitions(
  answer: WireWriter,
  partitions: readonly PartitionLog[],
  version: number,
): void {
  answer.list([...partitions.keys()], (index) => {
    answer.int16(kafkaErrors.none).int32(index).int32(NODE_ID);
    answer.list([NODE_ID], (node) => answer.int32(node));
    answer.list([NODE_ID], (node) => answer.int32(node));
    if (version >= 5) answer.list([], () => undefined);
  });
}
