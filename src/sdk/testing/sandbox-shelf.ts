/**
 * One kind of record in the sandbox system, found by id and by the caller's reference. References are
 * deliberately not unique: whoever writes blindly a second time really gets a second record.
 */
export interface Shelved {
  readonly id: string;
  readonly version: number;
}

export class SandboxShelf<Item extends Shelved> {
  private readonly items = new Map<string, Item>();
  private readonly byReference = new Map<string, string[]>();
  private readonly prefix: string;
  private readonly referenceOf: (item: Item) => string | null;
  /** Told of each change: the record, or null with the id of one that went. */
  private readonly onChange: (id: string, item: Item | null) => void;
  private made = 0;

  constructor(
    prefix: string,
    referenceOf: (item: Item) => string | null,
    onChange: (id: string, item: Item | null) => void,
  ) {
    this.prefix = prefix;
    this.referenceOf = referenceOf;
    this.onChange = onChange;
  }

  nextId(): string {
    return `${this.prefix}-${++this.made}`;
  }

  get(id: string): Item | undefined {
    return this.items.get(id);
  }

  find(reference: string): Item[] {
    return (this.byReference.get(reference) ?? []).map((id) => this.items.get(id)!);
  }

  all(): IterableIterator<Item> {
    return this.items.values();
  }

  get size(): number {
    return this.items.size;
  }

  put(item: Item): Item {
    this.restore(item.id, item);
    this.onChange(item.id, item);
    return item;
  }

  remove(id: string): void {
    this.restore(id, null);
    this.onChange(id, null);
  }

  /** As `put` and `remove`, from the log: tells nobody. */
  restore(id: string, item: Item | null): void {
    const before = this.items.get(id);
    const oldReference = before ? this.referenceOf(before) : null;
    const newReference = item ? this.referenceOf(item) : null;
    if (oldReference !== newReference || !item) {
      if (oldReference !== null) {
        const rest = this.byReference.get(oldReference)!.filter((other) => other !== id);
        if (rest.length > 0) this.byReference.set(oldReference, rest);
        else this.byReference.delete(oldReference);
      }
      if (newReference !== null) {
        const ids = this.byReference.get(newReference);
        if (ids) ids.push(id);
        else this.byReference.set(newReference, [id]);
      }
    }
    if (item) this.items.set(id, item);
    else this.items.delete(id);
    this.made = Math.max(this.made, Number(id.slice(this.prefix.length + 1)) || 0);
  }

  /** References that more than one record carries. */
  duplicates(): string[] {
    return [...this.byReference]
      .filter(([, ids]) => ids.length > 1)
      .map(([reference]) => reference);
  }
}
