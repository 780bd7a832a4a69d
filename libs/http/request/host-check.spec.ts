import { assertLoopbackHost } from './host-check';

describe('the host of a request without authentication', () => {
  it.each([
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1',
    '127.0.0.1:3000',
    '127.255.1.2:80',
    '[::1]',
    '[::1]:3000',
  ])('is taken as %s', (host) => {
    expect(() => assertLoopbackHost(host)).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '127.0.0.999',
    '128.0.0.1',
    '10.0.0.7:3000',
    '[::2]:3000',
    '::1',
    'localhost:3000:1',
  ])('is refused as %s', (host) => {
    expect(() => assertLoopbackHost(host)).toThrow(
      expect.objectContaining({ code: 'denied.host' }) as Error,
    );
  });
});
