/**
 * From a bill and a connection's rules to wishes: which postings are wanted, and which should be
 * looked at again. Pure; the caller holds the bill and its postings locked and writes what comes out.
 */
import { PRIORITY, type Trigger } from '../core/attempt.ts';
import type { Bill } from '../core/bill.ts';
import type { ChangeKind } from '../core/change.ts';
import type { PostingKind } from '../core/posting.ts';
import { type ConnectionRules, type OffReason, offReason } from '../core/rules.ts';
import type { Posting, Wish } from '../store/postings.ts';

export interface Asking {
  readonly trigger: Trigger;
  readonly changes: readonly ChangeKind[];
  readonly actor: string | null;
  readonly requestId: string | null;
  readonly now: Date;
}

export interface PlannedConnection {
  readonly id: string;
  readonly enabled: boolean;
  readonly rules: ConnectionRules;
}

/** Changes that concern a supplier payment; an invoice is concerned by all the others. */
const OF_PAYMENT: ReadonlySet<ChangeKind> = new Set([
  'paid',
  'marked-as-paid',
  'payment-removed',
  'number-changed',
  'supplier-changed',
]);
const ONLY_OF_PAYMENT: ReadonlySet<ChangeKind> = new Set([
  'paid',
  'marked-as-paid',
  'payment-removed',
]);

export function concerns(change: ChangeKind, kind: PostingKind): boolean {
  return kind === 'supplier-payment' ? OF_PAYMENT.has(change) : !ONLY_OF_PAYMENT.has(change);
}

/** The wishes that follow from changes of a bill, for one connection. */
export function planBill(
  bill: Bill,
  connection: PlannedConnection,
  existing: readonly Posting[],
  asking: Asking,
  newId: () => string,
): Wish[] {
  const ofConnection = existing.filter((posting) => posting.connectionId === connection.id);
  const slots: { kind: PostingKind; paymentId: string | null; gone: boolean }[] = [
    { kind: 'supplier-invoice', paymentId: null, gone: false },
    ...bill.payments.map(({ id }) => ({
      kind: 'supplier-payment' as const,
      paymentId: id,
      gone: false,
    })),
    ...ofConnection
      .filter(
        ({ kind, paymentId }) =>
          kind === 'supplier-payment' && !bill.payments.some(({ id }) => id === paymentId),
      )
      .map(({ paymentId }) => ({ kind: 'supplier-payment' as const, paymentId, gone: true })),
  ];
  return slots.flatMap(({ kind, paymentId, gone }) => {
    const known = ofConnection.find(
      (posting) => posting.kind === kind && posting.paymentId === paymentId,
    );
    const off = connection.enabled
      ? offReason(bill, kind, connection.rules)
      : ({ code: 'connection-off' } as const);
    const base = known ?? newPosting(bill, connection.id, kind, paymentId, newId());
    const wish = wishFor({ bill, rules: connection.rules, base, isNew: !known, gone, off, asking });
    return wish ? [wish] : [];
  });
}

/** A wish to look at a posting that is wanted, whatever changed: for a manual sync and after new settings. */
export function askAgain(posting: Wish, rules: ConnectionRules, asking: Asking): Wish {
  return due(posting, rules, asking);
}

function wishFor(given: {
  bill: Bill;
  rules: ConnectionRules;
  base: Posting;
  isNew: boolean;
  gone: boolean;
  off: OffReason | null;
  asking: Asking;
}): Wish | null {
  const { bill, rules, base, isNew, gone, off, asking } = given;
  if (gone || off?.code === 'cancelled') {
    if (isNew) return null;
    const absent: Wish = { ...base, wanted: 'absent', off, wantedRevision: bill.revision };
    // Something may be there to take back; else there is nothing to do.
    if (base.remoteId !== null || base.mustLook || base.openAttemptId !== null) {
      return base.wanted === 'absent' &&
        base.dueAt === null &&
        base.state !== 'syncing' &&
        asking.trigger === 'change'
        ? null
        : due(absent, rules, asking);
    }
    return rest(absent, gone || base.state === 'removed' ? 'removed' : 'off');
  }
  const wanted: Wish = { ...base, wanted: 'present', off, wantedRevision: bill.revision };
  if (off)
    return isNew || !sameOff(base.off, off) || base.dueAt !== null ? rest(wanted, 'off') : null;
  const asks =
    isNew ||
    base.off !== null ||
    base.wanted === 'absent' ||
    asking.changes.some((change) => concerns(change, base.kind));
  return asks ? due(wanted, rules, asking) : null;
}

function due(posting: Wish, rules: ConnectionRules, asking: Asking): Wish {
  const byPerson = asking.trigger === 'manual' || asking.trigger === 'bulk';
  const quiet = asking.trigger === 'change' ? rules.quietMs : 0;
  const burstBeganAt = posting.burstBeganAt ?? asking.now;
  const latest = burstBeganAt.getTime() + rules.quietAtMostMs;
  const dueAt = new Date(
    Math.min(asking.now.getTime() + quiet, Math.max(latest, asking.now.getTime())),
  );
  const pending = posting.dueAt !== null || posting.waitingFor !== null;
  const priority = PRIORITY[byPerson ? asking.trigger : 'change'];
  // A person's wish is not hidden by the changes that come while it waits.
  const keepsAsker =
    pending && !byPerson && (posting.trigger === 'manual' || posting.trigger === 'bulk');
  return {
    ...posting,
    wishNumber: posting.wishNumber + 1,
    dueAt: keepsAsker && posting.dueAt !== null && posting.dueAt < dueAt ? posting.dueAt : dueAt,
    burstBeganAt,
    priority: pending ? Math.min(priority, posting.priority) : priority,
    trigger: keepsAsker ? posting.trigger : asking.trigger,
    changes: [...new Set([...(pending ? posting.changes : []), ...asking.changes])],
    actor: keepsAsker ? posting.actor : asking.actor,
    requestIds: [
      ...(pending ? posting.requestIds : []),
      ...(asking.requestId ? [asking.requestId] : []),
    ],
    state: posting.state === 'syncing' ? 'syncing' : 'waiting',
    waitingFor: null,
  };
}

function rest(posting: Wish, state: 'off' | 'removed'): Wish {
  return {
    ...posting,
    wishNumber: posting.wishNumber + 1,
    dueAt: null,
    burstBeganAt: null,
    waitingFor: null,
    state: posting.state === 'syncing' ? 'syncing' : state,
  };
}

function sameOff(a: OffReason | null, b: OffReason): boolean {
  return (
    a?.code === b.code && ('reason' in a ? a.reason : null) === ('reason' in b ? b.reason : null)
  );
}

/** What is known of a posting that was never attempted. */
export const NEVER_ATTEMPTED = {
  openAttemptId: null,
  lastAttemptId: null,
  mustLook: false,
  lostWriteAt: null,
  generation: 0,
  failures: 0,
  failure: null,
  remoteId: null,
  remoteVersion: null,
  link: null,
  confirmedFields: null,
  keptFields: {},
  confirmedRevision: null,
  inStepAt: null,
} as const satisfies Omit<Posting, keyof Wish>;

function newPosting(
  bill: Bill,
  connectionId: string,
  kind: PostingKind,
  paymentId: string | null,
  id: string,
): Posting {
  return {
    id,
    companyId: bill.companyId,
    connectionId,
    billId: bill.id,
    kind,
    paymentId,
    wanted: 'present',
    wantedRevision: bill.revision,
    off: null,
    wishNumber: 0,
    dueAt: null,
    burstBeganAt: null,
    priority: PRIORITY.change,
    trigger: 'change',
    changes: [],
    actor: null,
    requestIds: [],
    state: 'waiting',
    waitingFor: null,
    ...NEVER_ATTEMPTED,
  };
}
