import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Passage {
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP relay in front of a server, which can cut, half-close or silence what goes through it. */
export class ConnectionGate {
  private readonly passages = new Set<Passage>();
  private isSilent = false;

  private constructor(
    private readonly listener: Server,
    private readonly targetPort: number,
  ) {
    listener.on('connection', (client) => this.admit(client));
  }

  /** Relays a loopback port, chosen by the system unless given, to the target. */
  static async open(targetPort: number, port = 0): Promise<ConnectionGate> {
    const listener = createServer({ allowHalfOpen: true });
    const gate = new ConnectionGate(listener, targetPort);
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return gate;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.passages.size;
  }

  /** Ends every connection at once, as a cut cable with a reset does. */
  cut(): void {
    for (const { client, server } of this.passages) {
      client.destroy();
      server.destroy();
    }
  }

  /** The server's side says that it will send no more; the client's side stays open. */
  halfClose(): void {
    for (const { client } of this.passages) client.end();
  }

  /** Connections stay open and carry nothing, until `carry`. */
  silence(): void {
    this.isSilent = true;
    for (const passage of this.passages) hold(passage);
  }

  carry(): void {
    this.isSilent = false;
    for (const { client, server } of this.passages) {
      client.pipe(server);
      server.pipe(client);
    }
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.listener.listening) return;
    this.listener.close();
    await once(this.listener, 'close');
  }

  private admit(client: Socket): void {
    const server = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const passage = { client, server };
    this.passages.add(passage);
    const end = (): void => {
      this.passages.delete(passage);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    if (this.isSilent) return;
    client.pipe(server);
    server.pipe(client);
  }
}

function hold({ client, server }: Passage): void {
  client.unpipe(server);
  server.unpipe(client);
}
