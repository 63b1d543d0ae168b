/**
 * Imports one bill. The Idempotency-Key is made from the content: when a connection was lost and the
 * import is repeated, what had arrived is recognised as the same request and answered as before, and
 * nothing is added twice.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem, type Client, Unreachable } from '../client/client.ts';
import type { BillInput, BillShape } from '../contract/bill-shapes.ts';
import { fileReason, type ImportUnit } from './import-units.ts';

export interface Imported {
  readonly name: string;
  /**
   * - `added`;
   * - `duplicate`: another file, but the same supplier, kind and number; kept, never synced;
   * - `known`: these very bytes were imported before; nothing was added;
   * - `failed`.
   */
  readonly status: 'added' | 'duplicate' | 'known' | 'failed';
  readonly bill: BillShape | null;
  readonly original: BillShape | null;
  readonly failure: { code: string; reason: string; place: string | null } | null;
}

const TRIES = 3;
const PAUSE_MS = 500;

/** Throws `Unreachable` when the service stays away. */
export async function importOne(
  client: Client,
  companyId: string,
  unit: ImportUnit,
  again: boolean,
): Promise<Imported> {
  if (unit.kind === 'unreadable') return failed(unit, 'file-unreadable', unit.reason);
  const bytes =
    unit.kind === 'bill'
      ? Buffer.from(JSON.stringify(unit.bill))
      : await readFile(unit.file).catch((error: unknown) => fileReason(error));
  if (typeof bytes === 'string') return failed(unit, 'file-unreadable', bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const idempotencyKey = `import-${again ? randomUUID() : sha256}`;
  let known = false;
  try {
    const { bill, duplicateOf } = await patiently((tried) => {
      // An answer repeated after our own lost connection is news all the same.
      const onRepeated = () => (known = tried === 1);
      const call = { params: { companyId }, idempotencyKey, onRepeated };
      return unit.kind === 'bill'
        ? // Whatever the file holds: the service says what is wrong with it.
          client.addBill({ ...call, body: unit.bill as BillInput })
        : client.importBill({ ...call, body: bytes });
    });
    const status = known ? 'known' : duplicateOf === null ? 'added' : 'duplicate';
    const original =
      duplicateOf === null
        ? null
        : await patiently(() => client.getBill({ params: { companyId, billId: duplicateOf } }));
    return { name: unit.name, status, bill, original, failure: null };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const { code, detail, errors } = error.problem;
    return failed(unit, code, detail, errors?.[0]?.path ?? null);
  }
}

/** A lost connection is tried again, with the same key. */
async function patiently<T>(work: (tried: number) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work(tried);
    } catch (error) {
      const passing =
        error instanceof Unreachable ||
        (error instanceof ApiProblem && error.problem.code === 'unavailable');
      if (!passing || tried === TRIES) throw error;
      await pause(PAUSE_MS * tried);
    }
  }
}

function failed(
  { name }: ImportUnit,
  code: string,
  reason: string,
  place: string | null = null,
): Imported {
  return { name, status: 'failed', bill: null, original: null, failure: { code, reason, place } };
}
