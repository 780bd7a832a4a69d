/** Something that has to be closed. */
interface Closable {
  close(): Promise<void>;
}

/** What was opened one after another, and is closed the other way round. */
export class Resources {
  private readonly opened: Closable[] = [];

  own<Resource extends Closable>(resource: Resource): Resource {
    this.opened.push(resource);
    return resource;
  }

  /** Idempotent. Goes on where one fails to close, and then throws what that one threw. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.opened.pop(); last !== undefined; last = this.opened.pop()) {
      try {
        await last.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
