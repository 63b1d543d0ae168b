/** What reconciliation is told of the records over there: each that carries our reference, once, by its name. */
import { expect } from 'vitest';
import { type Day, addDays } from '../../../core/day.ts';
import type { SupplierInvoiceDocument } from '../../../core/posting.ts';
import type { ListedRecord } from '../../connector.ts';
import { examplePayment } from '../example-documents.ts';
import type { Claim, World } from './world.ts';

export function claimListing(claim: Claim): void {
  claim(
    'invoices, credit notes and payments of ours are listed, each once, with what names it',
    { capabilities: ['list'] },
    async (world) => {
      const document = world.invoice();
      const credit: SupplierInvoiceDocument = { ...world.invoice(), billKind: 'credit-note' };
      const there = await world.create(document);
      const credited = await world.create(credit);
      const payment = examplePayment(document, {
        reference: world.newReference(),
        invoiceRemoteId: there.remoteId,
        palette: world.palette,
      });
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
    { capabilities: ['list'], faults: ['drop-before-commit', 'html-page'] },
    async (world) => {
      const { issuedOn: on } = world.invoice();
      for (const fault of ['drop-before-commit', 'html-page'] as const) {
        // Signed in before.
        await listedIn(world, on, on);
        await world.control.fault(fault, { on: 'read' });
        expect((await world.failure(listedIn(world, on, on))).uncertain).toBe(false);
      }
    },
  );
}

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
