/** What reconciliation is told at once: many of our postings as one look tells of each, and all records of ours. */
import { expect } from 'vitest';
import { type Day, addDays } from '../../../core/day.ts';
import type { SupplierInvoiceDocument } from '../../../core/posting.ts';
import type { ListedRecord } from '../../connector.ts';
import { examplePayment } from '../example-documents.ts';
import type { Claim, World } from './world.ts';

export function claimListing(claim: Claim): void {
  claim(
    'of many postings asked for at once each is told as a look tells of it, or not at all',
    { findsMany: true },
    async (world) => {
      const { session, call } = world;
      const first = world.invoice({ withAttachment: true });
      const second: SupplierInvoiceDocument = { ...world.invoice(), billKind: 'credit-note' };
      const there = await world.create(first);
      await world.create(second);
      const payment = paymentOf(world, first, there.remoteId);
      await world.create(payment);
      const never = world.invoice();
      const asked = [first, never, second, payment, paymentOf(world, first, there.remoteId)];
      const found = await session.findMany!(call(), asked);
      expect([...found.keys()].toSorted()).toEqual(
        [first, second, payment].map(({ reference }) => reference).toSorted(),
      );
      for (const document of [first, second, payment])
        expect(found.get(document.reference)).toEqual(await session.find(call(), document));
    },
  );

  claim(
    'a posting that is there twice is left out of many, as is one a person deleted',
    { findsMany: true, abilities: ['duplicate', 'remove'] },
    async (world) => {
      const [once, twice, deleted] = [world.invoice(), world.invoice(), world.invoice()];
      for (const document of [once, twice, deleted]) await world.create(document);
      await world.control.duplicate(twice.reference);
      await world.control.remove(deleted.reference);
      const found = await world.session.findMany!(world.call(), [once, twice, deleted]);
      expect([...found.keys()]).toEqual([once.reference]);
    },
  );

  claim(
    'a look at many that fails is a failure, and certain',
    { findsMany: true, faults: LOOKS_FAIL },
    async (world) => {
      const documents = [world.invoice(), world.invoice()];
      for (const document of documents) await world.create(document);
      for (const fault of LOOKS_FAIL) {
        await world.control.fault(fault, { on: 'read' });
        const asked = world.session.findMany!(world.call(), documents);
        expect((await world.failure(asked)).uncertain).toBe(false);
      }
    },
  );

  claim(
    'invoices, credit notes and payments of ours are listed, each once, with what names it',
    { capabilities: ['list'] },
    async (world) => {
      const document = world.invoice();
      const credit: SupplierInvoiceDocument = { ...world.invoice(), billKind: 'credit-note' };
      const there = await world.create(document);
      const credited = await world.create(credit);
      const payment = paymentOf(world, document, there.remoteId);
      const paid = await world.create(payment);
      const { currency, totalMinor, issuedOn: on } = document;
      const named = { kind: 'supplier-invoice', currency, on } as const;
      const listed = await listedIn(world, on, payment.paidOn);
      expect(ofReference(listed, document.reference)).toMatchObject([
        { ...named, remoteId: there.remoteId, number: document.number, amountMinor: totalMinor },
      ]);
      expect(ofReference(listed, credit.reference)).toMatchObject([
        { ...named, remoteId: credited.remoteId, number: credit.number, amountMinor: -totalMinor },
      ]);
      expect(ofReference(listed, payment.reference)).toMatchObject([
        {
          kind: 'supplier-payment',
          remoteId: paid.remoteId,
          currency,
          on: payment.paidOn,
          amountMinor: payment.amountMinor,
        },
      ]);
      for (const { link } of listed) expect(link).not.toBe('');
    },
  );

  claim(
    'only what is dated in the days asked for is listed',
    { capabilities: ['list'] },
    async (world) => {
      const document = world.invoice();
      await world.create(document);
      const { issuedOn: on, reference } = document;
      for (const [from, to, count] of [
        [on, on, 1],
        [addDays(on, -9), addDays(on, -1), 0],
        [addDays(on, 1), addDays(on, 9), 0],
      ] as const)
        expect(ofReference(await listedIn(world, from, to), reference)).toHaveLength(count);
    },
  );

  claim(
    'what a person deleted is not listed',
    { capabilities: ['list'], abilities: ['remove'] },
    async (world) => {
      const document = world.invoice();
      await world.create(document);
      await world.control.remove(document.reference);
      const listed = await listedIn(world, document.issuedOn, document.issuedOn);
      expect(ofReference(listed, document.reference)).toEqual([]);
    },
  );

  claim(
    'a list that fails is a failure, and no shorter list',
    { capabilities: ['list'], faults: LOOKS_FAIL },
    async (world) => {
      const { issuedOn: on } = world.invoice();
      for (const fault of LOOKS_FAIL) {
        // Signed in before.
        await listedIn(world, on, on);
        await world.control.fault(fault, { on: 'read' });
        expect((await world.failure(listedIn(world, on, on))).uncertain).toBe(false);
      }
    },
  );
}

const LOOKS_FAIL = ['drop-before-commit', 'html-page'] as const;

const paymentOf = (world: World, document: SupplierInvoiceDocument, invoiceRemoteId: string) =>
  examplePayment(document, {
    reference: world.newReference(),
    invoiceRemoteId,
    palette: world.palette,
  });

const ofReference = (listed: readonly ListedRecord[], reference: string) =>
  listed.filter((one) => one.reference === reference);

async function listedIn({ session, call }: World, from: Day, to: Day): Promise<ListedRecord[]> {
  const listed: ListedRecord[] = [];
  const asked = new Set<string | null>();
  for (let after: string | null = null; ;) {
    // No page is given twice, so there is an end.
    expect(asked.has(after)).toBe(false);
    asked.add(after);
    const page = await session.list!(call(), { from, to }, after);
    listed.push(...page.items);
    if (page.next === null) return listed;
    after = page.next;
  }
}
