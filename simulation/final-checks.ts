/** What must be so when faults have ceased and everything has settled. */
import { diffFields } from '../src/core/diff.ts';
import type { ByHand } from './by-hand.ts';
import { mergeKept, withKept } from '../src/core/kept-fields.ts';
import { postingFields } from '../src/core/posting-fields.ts';
import { offReason } from '../src/core/rules.ts';
import { documentFor } from '../src/engine/documents.ts';
import { CHAIN_START } from '../src/store/attempt-chain.ts';
import type { Posting } from '../src/store/postings.ts';
import { hashesOf, hashOfClosing, hashOfOpening, hashOfResult } from './model-hashes.ts';
import { invoiceOf, mayGo } from './model-claims.ts';
import type { ConnectionRow, Tables } from './model-tables.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

/** Does nothing wait any more? */
export function isSettled(tables: Tables): boolean {
  for (const posting of tables.postings.values()) {
    const { dueAt, openAttemptId, waitingFor } = posting;
    // What is to be taken back waits until the connection is turned on again.
    const isOff = !tables.connections.get(posting.connectionId)!.enabled;
    if (openAttemptId !== null || (dueAt !== null && !isOff)) return false;
    if (waitingFor !== null && mayGo(tables, posting) && !isOff) return false;
  }
  for (const { replanAfter } of tables.connections.values()) if (replanAfter !== null) return false;
  for (const { dueAt } of tables.reconciliations.values()) if (dueAt !== null) return false;
  return true;
}

export function checkAtEnd(
  tables: Tables,
  targetOf: (connectionId: string) => Target,
  secret: string,
  byHand: ByHand,
  watch: Watch,
): void {
  if (!isSettled(tables)) {
    const waiting = [...tables.postings.values()].filter(
      ({ dueAt, openAttemptId, waitingFor }) =>
        dueAt !== null || openAttemptId !== null || waitingFor !== null,
    );
    const names = waiting.map(({ id, state }) => `${id} (${state})`).join(', ');
    watch.broken(4, `never answered: ${names || 'a change of rules, or a reconciliation'}`);
    return;
  }
  checkEveryBillIsThere(tables, watch);
  for (const posting of tables.postings.values()) {
    checkWishIsAnswered(tables, posting, watch);
    checkWasNotRefusedForNothing(tables, posting, targetOf(posting.connectionId), byHand, watch);
    checkSaysTheTruth(tables, posting, targetOf(posting.connectionId), byHand, watch);
  }
  checkNoSecret(tables, secret, watch);
  checkLog(tables, watch);
}

/** Every bill has a posting on every connection that wants one. */
function checkEveryBillIsThere(tables: Tables, watch: Watch): void {
  const all = [...tables.postings.values()];
  const wants = ({ enabled, rules }: ConnectionRow, bill: Parameters<typeof offReason>[0]) =>
    enabled && offReason(bill, 'supplier-invoice', rules) === null;
  for (const bill of tables.bills.values()) {
    for (const connection of tables.connections.values()) {
      const has = (paymentId: string | null) =>
        all.some(
          (posting) =>
            posting.billId === bill.id &&
            posting.connectionId === connection.id &&
            posting.paymentId === paymentId,
        );
      if (!wants(connection, bill)) continue;
      if (!has(null)) watch.broken(4, `bill ${bill.number} has no posting`);
      for (const { id } of bill.payments)
        if (!has(id)) watch.broken(4, `a payment of bill ${bill.number} has no posting`);
    }
  }
}

/** The last wish led to an attempt, unless it was to leave the posting alone. */
function checkWishIsAnswered(tables: Tables, posting: Posting, watch: Watch): void {
  const { off, wanted, waitingFor, lastAttemptId, wishNumber, state, id } = posting;
  const isOff = !tables.connections.get(posting.connectionId)!.enabled;
  const isLeftAlone = (off !== null && wanted === 'present') || waitingFor !== null || isOff;
  if (isLeftAlone || (wanted === 'absent' && ['removed', 'off'].includes(state))) return;
  const last = lastAttemptId === null ? undefined : tables.attempts.get(lastAttemptId);
  if (last?.wishNumber !== wishNumber)
    watch.broken(
      4,
      `wish ${wishNumber} of ${id} led to no attempt; the last was ${last?.wishNumber}`,
    );
}

/**
 * A payment that was too much is tried again when it is no more, unless people made the room there; or its invoice has
 * not come in step since, which a person is asked about: it is then tried.
 */
function checkWasNotRefusedForNothing(
  tables: Tables,
  posting: Posting,
  target: Target,
  byHand: ByHand,
  watch: Watch,
): void {
  const { id, wanted, off, state, failure, billId, connectionId, paymentId } = posting;
  const { enabled } = tables.connections.get(connectionId)!;
  if (state !== 'failed' || failure?.code !== 'amount-rejected' || off !== null || !enabled) return;
  const invoice = invoiceOf(tables, posting);
  if (invoice?.state !== 'in-step') return;
  const record = target.records.get(invoice.remoteId ?? '');
  const others = [...target.records.values()].filter(({ pays }) => pays === record?.id);
  const isOfPeople =
    target.deletedByHand.size > 0 || others.some((other) => byHand.wasChanged(other.id, 'amount'));
  if (!record || wanted === 'absent' || isOfPeople) return;
  const payment = tables.bills.get(billId)!.payments.find((one) => one.id === paymentId);
  if (payment && payment.amountMinor <= target.leftToPay(record.id))
    watch.broken(4, `payment ${id} was refused as too much; it is no more, and nobody tries again`);
}

/** What the posting says of the accounting system is so. */
function checkSaysTheTruth(
  tables: Tables,
  posting: Posting,
  target: Target,
  byHand: ByHand,
  watch: Watch,
): void {
  const { id, state, wanted, off, remoteId, kind, keptFields } = posting;
  const ours = [...target.records.values()].filter(
    ({ reference, isByHand }) => reference === id && !isByHand,
  );
  if (ours.length > 1) watch.broken(3, `${ours.length} records of ${kind} ${id}`);
  const others = [...tables.postings.values()].filter(
    (other) => other.remoteId === remoteId && other.connectionId === posting.connectionId,
  );
  if (remoteId !== null && others.length > 1)
    watch.broken(3, `${others.length} postings stand for ${remoteId}`);
  const there = target.records.get(remoteId ?? '');
  const isDeleted = target.deletedByHand.has(remoteId ?? '');
  if (wanted === 'absent' && state === 'removed' && ours.length > 0)
    watch.broken(4, `${id} is called removed, and is there`);
  if (state !== 'in-step' || wanted !== 'present' || off !== null || isDeleted) return;
  const isOurs = ({ field }: { field: string }) => !byHand.isUnseen(there!.id, field);
  const bill = tables.bills.get(posting.billId)!;
  const { rules } = tables.connections.get(posting.connectionId)!;
  const invoice = { postingId: '', remoteId: null };
  const document = documentFor(bill, { ...posting, postingId: id, invoice }, rules);
  // What is kept as it is there, and what follows from it: sums do.
  const asWanted = [
    withKept(postingFields(document), keptFields),
    postingFields(mergeKept(document, keptFields)),
  ].map((fields) => there && diffFields(there.fields, fields).filter(isOurs));
  const differences = asWanted.find((all) => all?.length === 0) ?? asWanted[0];
  for (const { id: file, sha256 } of bill.attachments)
    if (there?.files.some((other) => other.id === file && other.sha256 !== sha256))
      watch.broken(4, `file ${file} of ${id} is another one there`);
  if (!differences || differences.length > 0)
    watch.broken(
      4,
      `${kind} ${id} is called in step, and ${differences ? JSON.stringify(differences) : 'is not there'}`,
    );
}

function checkNoSecret(tables: Tables, secret: string, watch: Watch): void {
  for (const table of [tables.attempts, tables.writes, tables.results, tables.postings]) {
    for (const [key, row] of table)
      if (JSON.stringify(row).includes(secret)) watch.broken(8, `a secret is kept under ${key}`);
  }
}

/** The chain is whole, and every row still gives its hash. */
function checkLog(tables: Tables, watch: Watch): void {
  const links = new Map<string, { number: number; hash: string }>();
  const results = [...tables.results.values()].sort((a, b) => a.chainNumber - b.chainNumber);
  for (const row of results) {
    const { companyId } = row.lane;
    const last = links.get(companyId) ?? { number: 0, hash: CHAIN_START };
    if (row.chainNumber !== last.number + 1 || row.previousHash !== last.hash)
      watch.broken(9, `a result before ${row.attemptId} is missing`);
    const isAsWritten = hashOfResult(row, hashesOf(tables, row.attemptId)) === row.hash;
    if (hashOfClosing(row) !== row.contentHash || !isAsWritten)
      watch.broken(9, `the result of ${row.attemptId} was altered`);
    links.set(companyId, { number: row.chainNumber, hash: row.hash });
  }
  for (const [companyId, head] of tables.chains)
    if (links.get(companyId)?.hash !== head.hash) watch.broken(9, `the chain's end is missing`);
  for (const attempt of tables.attempts.values()) {
    if (hashOfOpening(attempt) !== attempt.hash)
      watch.broken(9, `attempt ${attempt.attemptId} was altered`);
    if (!tables.results.has(attempt.attemptId))
      watch.broken(9, `attempt ${attempt.attemptId} has no result`);
  }
}
