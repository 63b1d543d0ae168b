/** Lets the events of a scenario happen: what people do, and what troubles come. */
import { approve, cancel, removePayment } from '../src/core/bill-edits.ts';
import type { Bill } from '../src/core/bill.ts';
import type { Ids } from '../src/core/clock.ts';
import { postingFields } from '../src/core/posting-fields.ts';
import { documentFor } from '../src/engine/documents.ts';
import type { ByHand } from './by-hand.ts';
import { billDetails, changedRules, editOf, filesOf, payment } from './bills.ts';
import type { Cluster } from './cluster.ts';
import type { EventLoop } from './event-loop.ts';
import { BEGINNING } from './machine.ts';
import type { ModelStore } from './model-store.ts';
import type { Tables } from './model-tables.ts';
import { createPeople, type People } from './people.ts';
import { type Event, OUTAGES } from './scenario.ts';
import type { Target } from './target.ts';
import type { Watch } from './watch.ts';

interface Given {
  readonly loop: EventLoop;
  readonly watch: Watch;
  readonly tables: Tables;
  readonly store: ModelStore;
  readonly targets: ReadonlyMap<string, Target>;
  readonly cluster: Cluster;
  readonly ids: Ids;
  /** Kept here: every bill as it was at each revision. */
  readonly revisions: Map<string, Map<number, Bill>>;
  readonly byHand: ByHand;
  /** From then on nobody does anything. */
  readonly quietFromMs: number;
}

/** A period that has all bills in it. */
export const WHOLE = ['2026-01-01', '2027-12-31'] as const;

export function createEvents(given: Given): { happen(event: Event): void } {
  const { loop, watch, tables, store, targets, cluster, ids, revisions, byHand } = given;
  const clock = { now: () => new Date(BEGINNING + Math.round(loop.nowMs)) };
  const people = createPeople(tables, { clock, ids, actor: 'Bogholderen' }, (...woken) =>
    cluster.wake(...woken),
  );
  let added = 0;
  const keep = (bill: Bill | null): Bill | null => {
    if (!bill) return null;
    const known = revisions.get(bill.id) ?? new Map<number, Bill>();
    revisions.set(bill.id, known.set(bill.revision, bill));
    return bill;
  };
  const nthOf = <T>(all: ReadonlyMap<string, T>, nth: number): [string, T] | undefined =>
    [...all].at(nth % Math.max(all.size, 1));
  const change = ({ bill: nth }: Event, edit: Parameters<People['change']>[1]) => {
    const bill = nthOf(tables.bills, nth);
    const after = bill && keep(people.change(bill[0], edit));
    return after ? `of ${after.number}, revision ${after.revision}` : 'which changes nothing';
  };

  const later = (ms: number, work: () => void) =>
    loop.after(Math.min(ms, given.quietFromMs - loop.nowMs), work);
  /** Often somebody works on the same bill here, so that it is soon noticed. */
  const editThere = ({ name, bill, nth, choice, forMs }: Event): string => {
    const connection = nthOf(tables.connections, nth)![0];
    const edited = targets.get(connection)!.editByHand(bill, choice);
    const posting = tables.postings.get(edited?.reference ?? '');
    if (!edited || !posting) return 'nothing';
    if (choice % 3 > 0)
      later(forMs / 3, () => {
        const after = keep(people.change(posting.billId, editOf(choice + nth, name)));
        watch.note(name, () => `edit: of ${after?.number}, revision ${after?.revision}`);
      });
    return edited.what;
  };
  /** Whoever looks whether there is something to decide; decides now, or thinks it over first. */
  const keepThere = (event: Event): string => {
    const { name, choice, nth, forMs } = event;
    const undecided = [...tables.postings.values()].filter(
      ({ failure }) => failure?.code === 'changed-in-target',
    );
    const posting = undecided.at(nth % Math.max(undecided.length, 1));
    if (!posting) {
      const againMs = loop.nowMs + forMs / 8;
      if (againMs < given.quietFromMs) loop.after(forMs / 8, () => keepThere(event));
      return 'nothing to decide yet';
    }
    const { companyId, billId, id: postingId, lastAttemptId } = posting;
    const keeping = { companyId, billId, postingId, attemptId: lastAttemptId ?? '' };
    later(choice % 3 === 0 ? forMs / 2 : 0, () => {
      // By then it may be another attempt's.
      const kept = people.keepInTarget(keeping);
      if (kept) byHand.kept(postingId, kept);
      const fields = kept?.map(({ field }) => field).join(', ') ?? 'nothing any more';
      watch.note(name, () => `keeps of ${postingId}: ${fields}`);
      // And asks again for another reason, which is no leave to overwrite it.
      if (kept && nth % 2 === 0)
        later(forMs / 8, () => {
          const asked = { companyId, billId, connectionId: null, posting: null, paymentId: null };
          people.syncAgain({ ...asked, trigger: 'manual' });
        });
    });
    return `looks at ${postingId}`;
  };

  const add = (companyId: string, number: number, choice: number): Bill =>
    keep(people.addBill(companyId, billDetails(number, choice), filesOf(choice)))!;
  /** A person books the invoice there when the bill comes in, a little otherwise; then that is linked, or not. */
  const bookFirst = ({ name, choice, nth, forMs }: Event): string => {
    const { companyId, id: connectionId, rules } = nthOf(tables.connections, nth)![1];
    added += 1;
    const bill = add(companyId, added, choice);
    const posting = { postingId: '', kind: 'supplier-invoice', paymentId: null } as const;
    const document = documentFor(bill, { ...posting, wanted: 'absent', invoice: null }, rules);
    const said = postingFields(document);
    const otherwise = [said, { ...said, note: 'ved hånd' }, { ...said, issuedOn: '2026-11-09' }][
      choice % 3
    ]!;
    const made = targets.get(connectionId)!.makeByHand(otherwise);
    const asked = { companyId, billId: bill.id, connectionId, paymentId: null } as const;
    if (choice % 4 > 0)
      later(forMs / 2, () => {
        const link = {
          ...asked,
          posting: 'supplier-invoice',
          trigger: choice % 4 === 2 ? 'bulk' : 'manual',
          link: true,
        } as const;
        const postingIds = people.syncAgain(link);
        watch.note(name, () => `links ${postingIds.join()}`);
      });
    return `${bill.number} as ${made}, its bill ${bill.id}`;
  };

  /** Tells what came of it. */
  const perform = (event: Event): string => {
    const { does, choice, nth, forMs } = event;
    const connection = nthOf(tables.connections, nth)![1];
    switch (does) {
      case 'add': {
        added += 1;
        // Now and then the same number again: a duplicate.
        const number = choice % 12 === 0 ? 1 : added;
        const bill = add(connection.companyId, number, choice);
        return `${bill.number} as ${bill.id}`;
      }
      case 'edit':
        return change(event, editOf(choice, event.name));
      case 'approve':
        return change(event, approve);
      case 'pay':
        return change(event, payment(ids.next(), choice));
      case 'take-payment-back':
        return change(event, (bill) => removePayment(bill, bill.payments[0]?.id ?? ''));
      case 'replace-payment':
        later(forMs / 4, () => {
          const what = change(event, payment(ids.next(), choice * 3));
          watch.note(event.name, () => `pay: ${what}`);
        });
        return change(event, (bill) => removePayment(bill, bill.payments[0]?.id ?? ''));
      case 'cancel':
        return change(event, cancel);
      case 'sync-again': {
        const bill = nthOf(tables.bills, event.bill);
        if (!bill) return 'nothing';
        const posting = choice % 2 === 0 ? null : ('supplier-invoice' as const);
        const { companyId } = connection;
        const asked = { companyId, billId: bill[0], connectionId: null, posting, paymentId: null };
        const trigger = choice % 5 === 0 ? 'bulk' : 'manual';
        const overwrite = choice % 3 === 0;
        const replace = posting !== null && trigger === 'manual' && choice % 4 === 1;
        const link = posting !== null && trigger === 'manual' && choice % 4 === 3;
        const recreate = trigger === 'bulk' && choice % 3 !== 1;
        const decisions = { overwrite, replace, link, recreate };
        const postingIds = people.syncAgain({ ...asked, trigger, ...decisions });
        if (overwrite) for (const id of postingIds) byHand.overwriteAsked(id);
        return `${postingIds.length} postings of ${bill[1].number}${overwrite ? ', overwriting' : ''}${replace ? ', replacing' : ''}${link ? ', linking' : ''}${recreate ? ', making again' : ''}`;
      }
      case 'keep-there':
        return keepThere(event);
      case 'change-rules':
        people.changeConnection(connection.id, { rules: changedRules(choice) });
        return JSON.stringify(changedRules(choice));
      case 'turn-off-or-on':
        people.changeConnection(connection.id, { enabled: !connection.enabled });
        return connection.enabled ? 'off' : 'on';
      case 'edit-there':
        return editThere(event);
      case 'delete-there':
        return targets.get(connection.id)!.deleteByHand(choice) ?? 'nothing';
      case 'copy-there':
        return targets.get(connection.id)!.copyByHand(event.bill, choice % 2 === 0) ?? 'nothing';
      case 'restore-there':
        return targets.get(connection.id)!.restoreByHand(choice) ?? 'nothing';
      case 'book-there':
        return targets.get(connection.id)!.bookByHand(choice) ?? 'nothing';
      case 'book-first':
        return bookFirst(event);
      case 'reconcile': {
        const { companyId, id: connectionId } = connection;
        const [fromOn, toOn] = choice % 4 === 0 ? ['2026-11-02', '2026-11-03'] : WHOLE;
        const wanted = { id: ids.next(), companyId, connectionId, fromOn, toOn };
        const asked = { ...wanted, nightOn: null, actor: 'Bogholderen' };
        return store.reconciliation.start(asked, clock.now()) ? wanted.id : 'one is under way';
      }
      case 'crash':
        cluster.machine(nth)?.crash();
        return '';
      case 'stop':
        cluster.machine(nth)?.stop(forMs);
        return `${cluster.machine(nth)?.name} for ${forMs} ms`;
      case 'restart':
        cluster.restart(nth);
        return '';
      case 'skew': {
        const byMs = cluster.machine(nth)?.skew(choice / 99) ?? 0;
        return `${cluster.machine(nth)?.name} by ${byMs} ms`;
      }
      case 'database-down':
        cluster.database.downUntilMs = loop.nowMs + forMs;
        cluster.loseNotices(forMs);
        return `for ${forMs} ms`;
      case 'target-down': {
        const code = OUTAGES[choice % OUTAGES.length]!;
        cluster.outage(connection.id, code, forMs);
        return `${code} for ${forMs} ms`;
      }
      case 'notices-lost':
        cluster.loseNotices(forMs);
        return `for ${forMs} ms`;
    }
  };
  return {
    happen(event) {
      const what = perform(event);
      watch.note(event.name, () => `${event.does}: ${what}`);
    },
  };
}
