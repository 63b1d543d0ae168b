/**
 * For unit tests of the engine: a small accounting system in memory, as a connector's session, that
 * loses answers on order: before it did as told, or after.
 */
import { SyncFailure } from '../core/failure.ts';
import { postingFields } from '../core/posting-fields.ts';
import type { PostingDocument, PostingFields } from '../core/posting.ts';
import type { Call, ConnectorSession, RemotePosting, WriteOptions } from '../sdk/connector.ts';

export interface Ledger extends ConnectorSession {
  readonly records: Map<string, { reference: string; version: number; fields: PostingFields }>;
  /** Every operation, in order: `find`, `read`, `create`, `update`, `remove`. */
  readonly story: string[];
  readonly keys: string[];
  /** The next write's answer is lost. */
  lose(when: 'before' | 'after'): void;
  /** The next update meets somebody who was quicker. */
  beforeUpdate: (() => void) | null;
  /** As a person does there. */
  edit(field: string, value: string): void;
}

/** Nobody asked that what can't be changed be made anew, or what was booked by hand be linked. */
export const NOTHING_ASKED = {
  mayRecreate: false,
  mayReplace: false,
  takenAway: () => {},
  mayLink: null,
  isOfAnother: async () => false,
};

export function createLedger(): Ledger {
  const records: Ledger['records'] = new Map();
  const story: string[] = [];
  const keys: string[] = [];
  let losing: 'before' | 'after' | null = null;
  let made = 0;
  const remote = (id: string): RemotePosting => {
    const { reference, version, fields } = records.get(id)!;
    return {
      remoteId: id,
      reference: reference || null,
      version: String(version),
      link: null,
      fields,
    };
  };
  const write = async (name: string, call: Call, options: WriteOptions, work: () => void) => {
    await call.write({ method: name, target: 'ledger', body: null, sha256: null });
    story.push(name);
    keys.push(options.idempotencyKey);
    const lost = losing;
    losing = null;
    if (lost !== 'before') work();
    if (lost !== null) throw new SyncFailure('answer-lost', { uncertain: true });
  };
  const ledger: Ledger = {
    records,
    story,
    keys,
    beforeUpdate: null,
    lose: (when) => {
      losing = when;
    },
    edit(field, value) {
      for (const record of records.values()) {
        record.version += 1;
        record.fields = { ...record.fields, [field]: value };
      }
    },
    check: async () => {},
    fields: postingFields,
    async find(_, document) {
      story.push('find');
      const ids = [...records.keys()].filter(
        (id) => records.get(id)!.reference === document.reference,
      );
      if (ids.length > 1) throw new SyncFailure('duplicate-in-target');
      return ids[0] === undefined ? null : remote(ids[0]);
    },
    async read(_, remoteId) {
      story.push('read');
      return records.has(remoteId) ? remote(remoteId) : null;
    },
    async create(call, document: PostingDocument, options) {
      const id = `record-${++made}`;
      await write('create', call, options, () =>
        records.set(id, {
          reference: document.reference,
          version: 1,
          fields: postingFields(document),
        }),
      );
      return remote(id);
    },
    async update(call, there, document, options) {
      ledger.beforeUpdate?.();
      ledger.beforeUpdate = null;
      await write('update', call, options, () => {
        const record = records.get(there.remoteId);
        if (!record) throw new SyncFailure('deleted-in-target');
        if (String(record.version) !== there.version) throw new SyncFailure('version-stale');
        record.version += 1;
        record.fields = postingFields(document);
      });
      return remote(there.remoteId);
    },
    async remove(call, there, _document, options) {
      await write('remove', call, options, () => void records.delete(there.remoteId));
    },
    close: async () => {},
  };
  return ledger;
}
