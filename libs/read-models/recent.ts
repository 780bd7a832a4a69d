/**
 * Remembers at least the newest `sizeMin` entries, at most twice as many. Cheaper for the garbage
 * collector than weak references, and for each step than an exact order of use.
 */
export class Recent<Key, Value> {
  private newer = new Map<Key, Value>();
  private older = new Map<Key, Value>();

  constructor(private readonly sizeMin: number) {}

  get(key: Key): Value | undefined {
    return this.newer.get(key) ?? this.older.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.newer.size >= this.sizeMin) {
      this.older = this.newer;
      this.newer = new Map();
    }
    this.newer.set(key, value);
  }
}
