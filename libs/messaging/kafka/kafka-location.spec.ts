import { kafkaLocationOf } from './kafka-location';

describe('kafkaLocationOf', () => {
  it.each<[string, ReturnType<typeof kafkaLocationOf>]>([
    ['kafka://localhost', { brokers: ['localhost:9092'], tls: false }],
    ['kafka://a:1,b.example:2/', { brokers: ['a:1', 'b.example:2'], tls: false }],
    ['kafka://[::1]:9093', { brokers: ['[::1]:9093'], tls: false }],
    ['kafka://a?tls=true&replication=3', { brokers: ['a:9092'], tls: true, replication: 3 }],
    [
      'kafka://u%40x:p%3A@a?mechanism=scram-sha-512',
      {
        brokers: ['a:9092'],
        tls: false,
        login: { mechanism: 'scram-sha-512', username: 'u@x', password: 'p:' },
      },
    ],
  ])('reads %s', (url, location) => {
    expect(kafkaLocationOf(url)).toEqual(location);
  });

  it.each([
    'http://a',
    'kafka://',
    'kafka://a b',
    'kafka://a:port',
    'kafka://user@a',
    'kafka://a?tls=maybe',
    'kafka://a?replication=0',
    'kafka://a?acks=0',
    'kafka://u:p@a?mechanism=oauth',
  ])('refuses %s', (url) => {
    expect(() => kafkaLocationOf(url)).toThrow(
      expect.objectContaining({ code: 'invalid.broker-url' }) as Error,
    );
  });

  it('keeps a password out of the message', () => {
    expect(() => kafkaLocationOf('kafka://user:secret@a?acks=0')).toThrow(/^(?!.*secret)/);
  });
});
