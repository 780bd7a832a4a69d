import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The loopback interface: nothing of a test is reached from elsewhere. */
export const TEST_SERVER_HOST = '127.0.0.1';

/**
 * What the doubles share that speak a protocol of their own over TCP: one port for their whole
 * life, and the connections on it.
 */
export class TcpListener {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private givenPort: number;

  /**
   * @param onConnection of each, which is closed by its error
   * @param port 0 for a free one
   */
  constructor(
    private readonly onConnection: (socket: Socket) => void,
    port = 0,
  ) {
    this.givenPort = port;
  }

  /** Known once it listens; the same after a restart. */
  get port(): number {
    return this.givenPort;
  }

  /** Such as `127.0.0.1:40123`. */
  get address(): string {
    return `${TEST_SERVER_HOST}:${this.port}`;
  }

  /** That are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  /** On the port that it had. A client's half that ends is for the protocol to answer. */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, TEST_SERVER_HOST, resolve);
    });
    this.server = server;
    this.givenPort = (server.address() as AddressInfo).port;
  }

  /** Cuts each connection. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Closes this half of each connection. */
  halfCloseConnections(): void {
    for (const socket of this.sockets) socket.end();
  }

  /** At once, as a kill: connections are cut, and nobody listens. Idempotent. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = server && new Promise((resolve) => server.close(resolve));
    this.dropConnections();
    this.sockets.clear();
    await closed;
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('end', () => socket.end());
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    this.onConnection(socket);
  }
}
