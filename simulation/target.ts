/**
 * A model of an accounting system, one per connection: records found by our reference, versions, and no
 * memory for idempotency keys unless the run says so, so that it refuses no duplicate. People work in it
 * too. It counts what must never be.
 */
import { SyncFailure } from '../src/core/failure.ts';
import { toMinor } from '../src/core/money.ts';
import type { PostingFields, PostingKind } from '../src/core/posting.ts';
import type { ListedRecord, RemotePosting } from '../src/sdk/connector.ts';
import type { Day } from '../src/core/day.ts';
import type { ByHand } from './by-hand.ts';
import { fieldByHand } from './bills.ts';
import type { Watch } from './watch.ts';

export interface RemoteFile {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
}

export interface RemoteRecord {
  readonly id: string;
  /** It was the so-manieth. */
  readonly made: number;
  readonly kind: PostingKind;
  /** Empty: none of ours. */
  readonly reference: string;
  /** The record of the invoice a payment pays. */
  readonly pays: string | null;
  readonly version: number;
  readonly fields: PostingFields;
  readonly files: readonly RemoteFile[];
  /** A person made it there: as a copy, or before we did. */
  readonly isByHand: boolean;
  /** A person closed it there: it can be credited, and changed no more. */
  readonly isBooked: boolean;
}

export interface Target {
  readonly records: ReadonlyMap<string, RemoteRecord>;
  /** Records that people took away there, by their ids and references. */
  readonly deletedByHand: ReadonlyMap<string, RemoteRecord>;
  findSupplier(key: string): string | null;
  makeSupplier(key: string): string;
  /** Of an invoice that is there, in minor units: a payment of more is refused. */
  leftToPay(invoiceId: string): number;
  find(reference: string): RemotePosting | null;
  read(id: string): RemotePosting | null;
  /** Of the supplier and the number of these fields, what a person made without a reference. */
  findByNumber(fields: PostingFields): RemotePosting | null;
  /** Those that are there once, by reference. */
  findMany(references: readonly string[]): ReadonlyMap<string, RemotePosting>;
  /** Records dated in these days, some at a time. */
  list(
    period: { readonly from: Day; readonly to: Day },
    after: string | null,
  ): { readonly items: readonly ListedRecord[]; readonly next: string | null };
  create(
    made: Omit<RemoteRecord, 'id' | 'made' | 'version' | 'files' | 'isByHand' | 'isBooked'>,
    idempotencyKey: string,
  ): RemotePosting;
  update(id: string, version: string | null, fields: PostingFields): RemotePosting;
  /** It comes by itself, after the record; the same one twice would be there twice. */
  attach(id: string, file: RemoteFile): RemotePosting;
  remove(id: string, version: string | null): void;
  editByHand(nth: number, choice: number): { reference: string; what: string } | null;
  deleteByHand(nth: number): string | null;
  /** An invoice. */
  bookByHand(nth: number): string | null;
  /** Before we do. */
  makeByHand(fields: PostingFields): string;
  /** As after a backup from before it was made: another record has its id. */
  restoreByHand(nth: number): string | null;
  /** A copy, with the reference or with another. */
  copyByHand(nth: number, withReference: boolean): string | null;
}

/** What a record says of files is what it has, not what was written. */
function withFiles(fields: PostingFields, files: readonly RemoteFile[]): PostingFields {
  const others = Object.entries(fields).filter(([field]) => !field.startsWith('attachments.'));
  const names = files.map(({ id, name }) => [`attachments.${id}`, name]);
  return Object.fromEntries([...others, ...names]) as PostingFields;
}

/** Records a page. */
const PAGE = 4;

/** A reference as ours are, and none of ours. */
function strange(nth: number): string {
  return `0000000f-0000-7000-8000-${String(nth).padStart(12, '0')}`;
}

function isStrange({ reference }: RemoteRecord): boolean {
  return reference.startsWith(strange(0).slice(0, 9));
}

function minorOf(fields: PostingFields, field: 'amount' | 'total'): number {
  return toMinor(fields[field] ?? '0', 'DKK');
}

function listed({ id, kind, reference, fields }: RemoteRecord): ListedRecord {
  return {
    kind,
    remoteId: id,
    reference,
    number: fields['number'] ?? '',
    supplierName: fields['supplier'] ?? null,
    on: fields['issuedOn'] ?? fields['paidOn'] ?? '',
    currency: fields['currency'] ?? '',
    amountMinor: toMinor(fields['total'] ?? fields['amount'] ?? '0', 'DKK'),
    link: null,
  };
}

export function createTarget(
  name: string,
  keepsKeys: boolean,
  byHand: ByHand,
  watch: Watch,
): Target {
  const records = new Map<string, RemoteRecord>();
  const suppliers = new Map<string, string>();
  const keys = new Map<string, string>();
  const deletedByHand = new Map<string, RemoteRecord>();
  let made = 0;
  const remote = ({ id, reference, version, fields }: RemoteRecord): RemotePosting => ({
    remoteId: id,
    reference: reference || null,
    version: String(version),
    link: null,
    fields,
  });
  const ofReference = (reference: string) =>
    [...records.values()].filter((record) => record.reference === reference);
  const ofNumber = (fields: PostingFields) =>
    ofReference('').filter((record) =>
      ['supplier', 'number', 'billKind'].every((name) => record.fields[name] === fields[name]),
    );
  const nthRecord = (nth: number) => [...records.values()].at(nth % Math.max(records.size, 1));
  const current = (id: string, version: string | null): RemoteRecord => {
    const record = records.get(id);
    if (!record) throw new SyncFailure('deleted-in-target');
    if (String(record.version) !== version) throw new SyncFailure('version-stale');
    if (isStrange(record)) watch.broken(7, `${id}, a record of nobody's here, is changed`);
    return record;
  };
  const leftToPay = (invoiceId: string) => {
    const paid = [...records.values()]
      .filter(({ pays }) => pays === invoiceId)
      .reduce((sum, { fields }) => sum + minorOf(fields, 'amount'), 0);
    return minorOf(records.get(invoiceId)!.fields, 'total') - paid;
  };
  const keep = (given: Omit<RemoteRecord, 'id' | 'made' | 'version'>): RemoteRecord => {
    made += 1;
    const record = { ...given, id: `${name}-${made}`, made, version: 1 };
    records.set(record.id, record);
    return record;
  };
  const deleteRecord = (nth: number): RemoteRecord | null => {
    const record = nthRecord(nth);
    if (!record || [...records.values()].some(({ pays }) => pays === record.id)) return null;
    records.delete(record.id);
    deletedByHand.set(record.id, record);
    if (record.reference !== '') deletedByHand.set(record.reference, record);
    return record;
  };
  return {
    records,
    deletedByHand,
    findSupplier: (key) => suppliers.get(key) ?? null,
    makeSupplier(key) {
      if (suppliers.has(key)) watch.broken(5, `supplier ${key} was made twice in ${name}`);
      const id = `${name}-supplier-${++made}`;
      suppliers.set(key, id);
      return id;
    },
    leftToPay,
    find(reference) {
      const found = ofReference(reference);
      if (found.length > 1) throw new SyncFailure('duplicate-in-target');
      return found[0] ? remote(found[0]) : null;
    },
    read(id) {
      const record = records.get(id);
      return record ? remote(record) : null;
    },
    findByNumber(fields) {
      const found = ofNumber(fields);
      if (found.length > 1) throw new SyncFailure('duplicate-in-target');
      return found[0] ? remote(found[0]) : null;
    },
    findMany: (references) =>
      new Map(
        references.flatMap((reference) => {
          const [found, another] = ofReference(reference);
          return found && !another ? [[reference, remote(found)] as const] : [];
        }),
      ),
    list({ from, to }, after) {
      const all = [...records.values()]
        .filter(({ reference }) => reference !== '')
        .sort((one, other) => one.made - other.made);
      const begin = after === null ? 0 : Number(after);
      const page = all.filter(({ made: number }) => number > begin).slice(0, PAGE);
      const last = page.at(-1);
      const items = page.map(listed).filter(({ on }) => on >= from && on <= to);
      return { items, next: page.length === PAGE ? String(last!.made) : null };
    },
    create(given, idempotencyKey) {
      const known = keepsKeys ? keys.get(idempotencyKey) : undefined;
      if (known !== undefined && records.has(known)) return remote(records.get(known)!);
      if (given.pays !== null) {
        if (!records.has(given.pays)) throw new SyncFailure('invoice-missing');
        if (minorOf(given.fields, 'amount') > leftToPay(given.pays))
          throw new SyncFailure('amount-rejected');
      }
      if (given.kind === 'supplier-invoice' && ofNumber(given.fields).length > 0)
        throw new SyncFailure('number-taken');
      if (ofReference(given.reference).some(({ isByHand }) => !isByHand))
        watch.broken(3, `${given.kind} ${given.reference} was created twice in ${name}`);
      const record = keep({
        ...given,
        fields: withFiles(given.fields, []),
        files: [],
        isByHand: false,
        isBooked: false,
      });
      keys.set(idempotencyKey, record.id);
      return remote(record);
    },
    update(id, version, fields) {
      const record = current(id, version);
      if (record.isBooked) throw new SyncFailure('posting-locked');
      const said = withFiles(fields, record.files);
      const next = { ...record, version: record.version + 1, fields: said };
      records.set(id, next);
      return remote(next);
    },
    attach(id, file) {
      const record = records.get(id);
      if (!record) throw new SyncFailure('deleted-in-target');
      if (record.files.some((other) => other.id === file.id))
        watch.broken(3, `file ${file.id} was put on ${record.reference} twice in ${name}`);
      const files = [...record.files, file];
      const fields = withFiles(record.fields, files);
      const next = { ...record, version: record.version + 1, files, fields };
      records.set(id, next);
      return remote(next);
    },
    remove(id, version) {
      if (!records.has(id)) return;
      const record = current(id, version);
      const isPaid = [...records.values()].some(({ pays }) => pays === record.id);
      if (isPaid) throw new SyncFailure('posting-locked');
      records.delete(id);
    },
    editByHand(nth, choice) {
      const record = nthRecord(nth);
      if (!record || record.isBooked) return null;
      const { reference } = record;
      const [field, value] = fieldByHand(record.kind, choice);
      const { [field]: before, ...others } = record.fields;
      if ((before ?? null) === value) return null;
      const fields = value === null ? others : { ...others, [field]: value };
      records.set(record.id, { ...record, version: record.version + 1, fields });
      byHand.changed(record.id, field, value);
      return { reference, what: `${field} of ${reference} becomes ${value}` };
    },
    makeByHand(fields) {
      const given = { kind: 'supplier-invoice', reference: '', pays: null, files: [] } as const;
      const said = withFiles(fields, []);
      const record = keep({ ...given, fields: said, isByHand: true, isBooked: false });
      byHand.copied(record.id);
      return record.id;
    },
    copyByHand(nth, withReference) {
      const record = nthRecord(nth);
      if (!record) return null;
      const reference = withReference ? record.reference : strange(made + 1);
      const copy = keep({ ...record, reference, isByHand: true, isBooked: false });
      byHand.copied(copy.id);
      return `${record.id} as ${copy.id}, reference ${reference}`;
    },
    bookByHand(nth) {
      const record = nthRecord(nth);
      if (record?.kind !== 'supplier-invoice' || record.isBooked) return null;
      records.set(record.id, { ...record, version: record.version + 1, isBooked: true });
      return record.reference;
    },
    deleteByHand: (nth) => deleteRecord(nth)?.reference ?? null,
    restoreByHand(nth) {
      const record = deleteRecord(nth);
      if (!record) return null;
      made += 1;
      for (const [key, id] of keys) if (id === record.id) keys.delete(key);
      const another = { ...record, reference: strange(made), version: record.version + 1000 };
      records.set(record.id, { ...another, isByHand: true });
      byHand.copied(record.id);
      return `${record.id} is of ${another.reference}, not of ${record.reference}`;
    },
  };
}
