/** What goes in comes out: amounts, VAT, currencies, kinds, texts, attachments. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { SupplierInvoiceDocument } from '../../../core/posting.ts';
import { arbitraryInvoice, arbitraryPayment } from '../documents.ts';
import { exampleInvoice, examplePayment } from '../example-documents.ts';
import type { Claim, World } from './world.ts';

export function claimRoundTrip(claim: Claim, runs: number): void {
  const settings = { numRuns: runs, endOnFailure: runs < 10 };

  claim('an invoice with its attachment', {}, async (world) => {
    await expectRoundTrip(world, world.invoice({ withAttachment: true }));
  });

  claim('any invoice, credit note or receipt, when created', {}, async (world) => {
    const { currencies } = world.palette;
    // Each currency has its turn, whatever chance has in mind.
    for (const currency of currencies) {
      const property = fc.asyncProperty(arbitraryInvoice(world.palette), async (document) => {
        await expectRoundTrip(world, named(world, { ...document, currency }));
      });
      await fc.assert(property, { ...settings, numRuns: Math.ceil(runs / currencies.length) });
    }
  });

  const changeable = { invoices: 'changeable' } as const;
  claim(
    'any invoice, credit note or receipt, when updated to any other',
    changeable,
    async (world) => {
      const property = fc.asyncProperty(
        arbitraryInvoice(world.palette),
        arbitraryInvoice(world.palette),
        async (first, second) => {
          const before = named(world, first);
          const there = await world.create(before);
          const after = {
            ...second,
            reference: before.reference,
            billId: before.billId,
            // What a bill is and its currency are settled when it is added.
            billKind: before.billKind,
            currency: before.currency,
            correctsNumber: before.correctsNumber,
          };
          const { session } = world;
          const options = await world.options(after);
          const updated = await session.update(world.call(), there, after, options);
          expect(updated.fields).toEqual(session.fields(after));
          const read = await session.read(world.call(), updated.remoteId, after);
          expect(read).toEqual(updated);
          expect(await world.control.count(after.reference)).toBe(1);
        },
      );
      await fc.assert(property, settings);
    },
  );

  claim('any payment, when created and when updated, of an invoice or a credit', {}, async (w) => {
    for (const billKind of w.palette.billKinds) {
      for (const currency of w.palette.currencies.slice(0, 3)) {
        const invoice = {
          ...exampleInvoice({ reference: w.newReference(), palette: w.palette }),
          billKind,
          currency,
        };
        const { remoteId } = await w.create(invoice);
        const payments = arbitraryPayment(invoice, remoteId, w.palette);
        const property = fc.asyncProperty(payments, payments, async (first, second) => {
          const reference = w.newReference();
          const there = await expectRoundTrip(w, { ...first, reference });
          const after = { ...second, reference };
          const options = await w.options(after);
          const updated = await w.session.update(w.call(), there, after, options);
          expect(updated.fields).toEqual(w.session.fields(after));
          const read = await w.session.read(w.call(), updated.remoteId, after);
          expect(read).toEqual(updated);
        });
        await fc.assert(property, { ...settings, numRuns: Math.ceil(runs / 8) });
      }
    }
  });

  claim('a link people can follow, the same for all who look', {}, async (world) => {
    const document = world.invoice();
    const there = await world.create(document);
    const read = await world.session.read(world.call(), there.remoteId, document);
    expect(read?.link).toBe(there.link);
  });

  claim('a removed posting is gone', { capabilities: ['remove'] }, async (world) => {
    const { session, control } = world;
    const document = world.invoice({ withAttachment: true });
    const there = await world.create(document);
    const payment = examplePayment(document, {
      reference: world.newReference(),
      invoiceRemoteId: there.remoteId,
      palette: world.palette,
    });
    const paid = await world.create(payment);
    await session.remove!(world.call(), paid, payment, await world.options(payment));
    expect(await session.read(world.call(), paid.remoteId, payment)).toBeNull();
    const now = await session.read(world.call(), there.remoteId, document);
    await session.remove!(world.call(), now!, document, await world.options(document));
    expect(await session.read(world.call(), there.remoteId, document)).toBeNull();
    expect(await control.count(document.reference)).toBe(0);
    expect(await control.count(payment.reference)).toBe(0);
  });
}

async function expectRoundTrip(world: World, document: Parameters<World['create']>[0]) {
  const { session } = world;
  const created = await world.create(document);
  expect(created.fields).toEqual(session.fields(document));
  const read = await session.read(world.call(), created.remoteId, document);
  expect(read).toEqual(created);
  const found = await session.find(world.call(), document);
  expect(found).toEqual(created);
  return created;
}

/** Each with a reference and a number of its own. */
function named(world: World, document: SupplierInvoiceDocument): SupplierInvoiceDocument {
  const reference = world.newReference();
  return { ...document, reference, billId: reference, number: `${document.number}-${reference}` };
}
