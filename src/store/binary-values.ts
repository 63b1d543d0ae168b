/**
 * Values as PostgreSQL takes them in binary, whole arrays of rows too: nothing is escaped on the way
 * there, and nothing but JSON is parsed on arrival, which for a batch of the log is much of the work.
 *
 * The forms are those of PostgreSQL's `…_recv` functions (src/backend/utils/adt, read 2026-11-29). An array:
 * dimensions, whether there are nulls, the elements' type, and per dimension its length and first index;
 * then each element with its length in bytes, -1 for null. A row: how many columns, then each with its type,
 * its length and its bytes. All of these are 32-bit, big-endian.
 *
 * The types of PostgreSQL have the same numbers everywhere. Types of ours have others in each database, also
 * after a restore; they are given as 0, for PostgreSQL takes the type it expects and only compares
 * numbers when both are its own (since version 14).
 */

export interface BinaryType<T> {
  /** Its number in `pg_type`; 0: a type of ours. */
  readonly number: number;
  write(to: Bytes, value: T): void;
}

/**
 * Bytes one after another, as many as come. Few to begin with: memory for many, taken for each of a query's
 * parameters, had the collector run after every few queries.
 */
class Bytes {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  /** Asked for before the buffer is written to: it may be another one then. */
  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(needed * 2);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  int8(value: number): void {
    this.#makeRoom(1);
    this.#length = this.#buffer.writeInt8(value, this.#length);
  }

  int16(value: number): void {
    this.#makeRoom(2);
    this.#length = this.#buffer.writeInt16BE(whole(value), this.#length);
  }

  int32(value: number): void {
    this.#makeRoom(4);
    this.#length = this.#buffer.writeInt32BE(whole(value), this.#length);
  }

  int64(value: bigint): void {
    this.#makeRoom(8);
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length);
  }

  double(value: number): void {
    this.#makeRoom(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  text(value: string): void {
    // Half a surrogate pair would arrive as another character, and none would know.
    if (!value.isWellFormed()) throw new TypeError('A text holds half a character.');
    this.#makeRoom(value.length * 3);
    this.#length += this.#buffer.write(value, this.#length);
  }

  hex(value: string, bytes: number): void {
    this.#makeRoom(bytes);
    if (value.length !== bytes * 2 || this.#buffer.write(value, this.#length, 'hex') !== bytes)
      throw new TypeError(`These are not ${bytes} bytes in hex: ${value}`);
    this.#length += bytes;
  }

  /** With its length before it. */
  sized<T>(type: BinaryType<T>, value: T | null): void {
    if (value === null || value === undefined) return this.int32(-1);
    const at = this.#length;
    this.int32(0);
    type.write(this, value);
    this.#buffer.writeInt32BE(this.#length - at - 4, at);
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}

function whole(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${value} is no whole number.`);
  return value;
}

export const bool: BinaryType<boolean> = {
  number: 16,
  write: (to, value) => to.int8(value ? 1 : 0),
};
export const int2: BinaryType<number> = { number: 21, write: (to, value) => to.int16(value) };
export const int4: BinaryType<number> = { number: 23, write: (to, value) => to.int32(value) };
export const int8: BinaryType<number> = {
  number: 20,
  write: (to, value) => to.int64(BigInt(value)),
};
export const float8: BinaryType<number> = { number: 701, write: (to, value) => to.double(value) };
export const text: BinaryType<string> = { number: 25, write: (to, value) => to.text(value) };
export const uuid: BinaryType<string> = {
  number: 2950,
  write: (to, value) => to.hex(value.replaceAll('-', ''), 16),
};

const BEGINNING = BigInt(Date.UTC(2000, 0, 1));
/** Microseconds since 2000. */
export const timestamptz: BinaryType<Date> = {
  number: 1184,
  write: (to, value) => to.int64((BigInt(value.getTime()) - BEGINNING) * 1000n),
};

/** JSON is given as the text it is: what was hashed is what is kept. */
export const json: BinaryType<string> = { number: 114, write: (to, value) => to.text(value) };
export const jsonb: BinaryType<string> = {
  number: 3802,
  write(to, value) {
    to.int8(1);
    to.text(value);
  },
};

export const textArray = arrayOf(text, 1009);
export const uuidArray = arrayOf(uuid, 2951);

export function arrayOf<T>(element: BinaryType<T>, number = 0): BinaryType<readonly (T | null)[]> {
  return {
    number,
    write(to, items) {
      to.int32(items.length === 0 ? 0 : 1);
      to.int32(items.includes(null) ? 1 : 0);
      to.int32(element.number);
      if (items.length === 0) return;
      to.int32(items.length);
      to.int32(1);
      for (const item of items) to.sized(element, item);
    },
  };
}

export type Columns = Readonly<Record<string, BinaryType<never>>>;
/** What a row of these columns holds. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: (C[Name] extends BinaryType<infer T> ? T : never) | null;
};

/** A row of a composite type, whose columns these are, in its order. */
export function rowOf<C extends Columns>(columns: C): BinaryType<RowOf<C>> {
  const all = Object.entries(columns) as [keyof C, BinaryType<unknown>][];
  return {
    number: 0,
    write(to, row) {
      to.int32(all.length);
      for (const [name, type] of all) {
        to.int32(type.number);
        to.sized(type, row[name]);
      }
    },
  };
}

/** A parameter of a query. */
export function binary<T>(type: BinaryType<T>, value: T): Buffer {
  const bytes = new Bytes();
  type.write(bytes, value);
  return bytes.written();
}
