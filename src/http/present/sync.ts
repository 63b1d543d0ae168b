/** Postings and attempts as the API shows them: failures in the reader's words, amounts as text. */
import type { AttemptFailure } from '../../core/attempt.ts';
import type { Bill } from '../../core/bill.ts';
import { diffFields } from '../../core/diff.ts';
import { FAILURES } from '../../core/failure.ts';
import { fromMinor } from '../../core/money.ts';
import type { PostingDocument } from '../../core/posting.ts';
import type {
  AttemptDetailShape,
  AttemptShape,
  DocumentShape,
  FailureCauseShape,
  FailureShape,
  PostingShape,
} from '../../contract/sync-shapes.ts';
import { failureText } from '../../messages/failure-text.ts';
import type { Language } from '../../messages/languages.ts';
import type { AttemptLine, AttemptWhole } from '../../store/attempt-reading.ts';
import type { FailureCause } from '../../store/failures-by-cause.ts';
import type { LaneView } from '../../store/lanes.ts';
import type { Posting } from '../../store/postings.ts';
import { presentBill } from './bill.ts';

export function presentFailure(failure: AttemptFailure, language: Language): FailureShape {
  const { code, originalMessage, subject, conflicts } = failure;
  return {
    code,
    class: FAILURES[code].class,
    who: FAILURES[code].who,
    ...failureText(code, language, subject),
    originalMessage,
    subject,
    conflicts: [...conflicts],
  };
}

export function presentFailureCause(cause: FailureCause, language: Language): FailureCauseShape {
  const { code, firstAt, lastAt, ...counts } = cause;
  return {
    code,
    class: FAILURES[code].class,
    who: FAILURES[code].who,
    // What each was about differs from bill to bill.
    ...failureText(code, language, null),
    ...counts,
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  };
}

export function presentPosting(
  posting: Posting,
  bill: Bill,
  lane: LaneView | undefined,
  now: Date,
  language: Language,
): PostingShape {
  const payment = bill.payments.find(({ id }) => id === posting.paymentId);
  return {
    id: posting.id,
    connectionId: posting.connectionId,
    kind: posting.kind,
    paymentId: posting.paymentId,
    amount: payment ? fromMinor(payment.amountMinor, bill.currency) : null,
    state: posting.state,
    inStepAt: posting.inStepAt?.toISOString() ?? null,
    ...waiting(posting, lane, now),
    off: posting.off
      ? { code: posting.off.code, reason: 'reason' in posting.off ? posting.off.reason : null }
      : null,
    kept: Object.entries(posting.keptFields).map(([field, values]) => ({ field, ...values })),
    failure: posting.failure ? presentFailure(posting.failure, language) : null,
    remoteId: posting.remoteId,
    link: posting.link,
    lastAttemptId: posting.openAttemptId ?? posting.lastAttemptId,
  };
}

function waiting(
  posting: Posting,
  lane: LaneView | undefined,
  now: Date,
): Pick<PostingShape, 'waitingFor' | 'waitingUntil'> {
  if (posting.waitingFor !== null) return { waitingFor: posting.waitingFor, waitingUntil: null };
  if (posting.dueAt === null || posting.state === 'syncing')
    return { waitingFor: null, waitingUntil: null };
  if (lane?.pauseFailure) {
    return { waitingFor: 'connection', waitingUntil: lane.pausedUntil?.toISOString() ?? null };
  }
  if (posting.dueAt <= now) return { waitingFor: 'turn', waitingUntil: null };
  return {
    waitingFor: posting.trigger === 'retry' ? 'retry' : 'quiet',
    waitingUntil: posting.dueAt.toISOString(),
  };
}

export function presentAttempt(line: AttemptLine, language: Language): AttemptShape {
  return {
    id: line.id,
    billId: line.billId,
    connectionId: line.connectionId,
    postingId: line.postingId,
    kind: line.kind,
    paymentId: line.paymentId,
    trigger: line.trigger,
    changes: [...line.changes],
    actor: line.actor,
    openedAt: line.openedAt.toISOString(),
    closedAt: line.closedAt?.toISOString() ?? null,
    durationMs: line.durationMs,
    outcome: line.outcome,
    failure: line.failure ? presentFailure(line.failure, language) : null,
    remoteId: line.remoteId,
    link: line.link,
  };
}

export function presentAttemptDetail(
  attempt: AttemptWhole,
  language: Language,
): AttemptDetailShape {
  return {
    ...presentAttempt(attempt, language),
    document: attempt.document ? presentDocument(attempt.document) : null,
    bill: presentBill(attempt.bill),
    previousAttemptId: attempt.previousId,
    differences:
      attempt.previousFields && attempt.fields
        ? diffFields(attempt.previousFields, attempt.fields)
        : [],
    decision: attempt.decision && {
      ...attempt.decision,
      conflicts: [...attempt.decision.conflicts],
    },
    writes: [...attempt.writes],
    exchanges: [...(attempt.exchanges ?? [])],
    hash: attempt.hash,
  };
}

function presentDocument(document: PostingDocument): DocumentShape {
  const amount = (minor: number) => fromMinor(minor, document.currency);
  const common = {
    kind: document.kind,
    reference: document.reference,
    billKind: document.billKind,
    supplierName: document.supplier.name,
    number: document.number,
    currency: document.currency,
  };
  if (document.kind === 'supplier-payment') {
    return {
      ...common,
      issuedOn: null,
      dueOn: null,
      paidOn: document.paidOn,
      account: document.account,
      amount: amount(document.amountMinor),
      rounding: amount(0),
      note: '',
      lines: [],
      attachments: [],
    };
  }
  return {
    ...common,
    issuedOn: document.issuedOn,
    dueOn: document.dueOn,
    paidOn: null,
    account: null,
    amount: amount(document.totalMinor),
    rounding: amount(document.roundingMinor),
    note: document.note,
    lines: document.lines.map(({ netMinor, vatMinor, ...line }) => ({
      ...line,
      net: amount(netMinor),
      vat: amount(vatMinor),
    })),
    attachments: document.attachments.map(({ name }) => name),
  };
}
