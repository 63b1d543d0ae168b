/** Nothing is there twice, whatever happens to requests and answers (invariant 3). */
import { expect } from 'vitest';
import { supplierKey } from '../../../core/bill.ts';
import { SyncFailure } from '../../../core/failure.ts';
import type { SupplierInvoiceDocument } from '../../../core/posting.ts';
import type { RemotePosting, WriteOptions } from '../../connector.ts';
import { dearer } from '../example-documents.ts';
import type { TargetFault } from './harness.ts';
import type { Claim, World } from './world.ts';

/** What was carried out though the answer was lost or spoilt, and what was not. */
const LOST: Readonly<Record<string, 'carried out' | 'not carried out'>> = {
  'drop-after-commit': 'carried out',
  'error-after-commit': 'carried out',
  'html-page': 'carried out',
  'empty-body': 'carried out',
  'malformed-json': 'carried out',
  'slow-trickle': 'carried out',
  'drop-before-commit': 'not carried out',
  'error-before-commit': 'not carried out',
};

export function claimOnce(claim: Claim): void {
  claim('a created posting is found by our reference, once', {}, async (world) => {
    const document = world.invoice();
    expect(await world.session.find(world.call(), document)).toBeNull();
    const there = await world.create(document);
    const found = await world.session.find(world.call(), document);
    expect(found).toEqual(there);
    expect(await world.control.count(document.reference)).toBe(1);
  });

  for (const [fault, what] of Object.entries(LOST) as [TargetFault, string][]) {
    claim(
      `a creation that was ${what} (${fault}) is uncertain, and after a look there is one`,
      { faults: [fault] },
      async (world) => {
        const document = world.invoice();
        const options = await world.options(document);
        await world.control.fault(fault, { on: 'write' });
        const failure = await world.failure(world.session.create(world.call(), document, options));
        expect(failure.uncertain).toBe(true);
        const found = await world.session.find(world.call(), document);
        expect(found === null).toBe(what === 'not carried out');
        const wanted = world.session.fields(document);
        if (!found) await world.session.create(world.call(), document, options);
        else if (!world.isBooked) expect(found.fields).toEqual(wanted);
        else {
          // Written, but not booked yet.
          const after = await world.session.update(world.call(), found, document, options);
          expect(after.fields).toEqual(wanted);
        }
        expect(await world.control.count(document.reference)).toBe(1);
      },
    );

    claim(
      `an update that was ${what} (${fault}) is uncertain, and a look tells`,
      { faults: [fault], invoices: 'changeable' },
      async (world) => {
        const before = world.invoice();
        const there = await world.create(before);
        const document = dearer(before);
        const options = await world.options(document);
        await world.control.fault(fault, { on: 'write' });
        const failure = await world.failure(
          world.session.update(world.call(), there, document, options),
        );
        expect(failure.uncertain).toBe(true);
        const now = await world.session.read(world.call(), there.remoteId, document);
        const wanted = what === 'carried out' ? document : before;
        expect(now?.fields).toEqual(world.session.fields(wanted));
        const after = await world.session.update(world.call(), now!, document, options);
        expect(after.fields).toEqual(world.session.fields(document));
        expect(await world.control.count(document.reference)).toBe(1);
      },
    );

    claim(
      `a removal that was ${what} (${fault}) is uncertain, and a look tells`,
      { faults: [fault], capabilities: ['remove'] },
      async (world) => {
        const document = world.invoice();
        const there = await world.create(document);
        const options = await world.options(document);
        await world.control.fault(fault, { on: 'write' });
        await removeUnderFault(world, fault, there, document, options);
        const now = await world.session.read(world.call(), there.remoteId, document);
        expect(now === null).toBe(what === 'carried out');
        if (now) await world.session.remove!(world.call(), now, document, options);
        expect(await world.control.count(document.reference)).toBe(0);
      },
    );

    claim(
      `a supplier whose creation was ${what} (${fault}) is there once after a second try`,
      { faults: [fault], abilities: ['countSuppliers'], capabilities: ['suppliers'] },
      async ({ session, control, call, failure, newReference }) => {
        const supplier = { name: 'Fjordens Kaffe', companyNumber: newReference() };
        const key = supplierKey(supplier);
        await control.fault(fault, { on: 'write' });
        const { uncertain } = await failure(session.ensureSupplier!(call(), supplier, key));
        expect(uncertain).toBe(true);
        const id = await session.ensureSupplier!(call(), supplier, key);
        expect(await session.ensureSupplier!(call(), supplier, key)).toBe(id);
        expect(await control.countSuppliers(key)).toBe(1);
      },
    );
  }

  claim(
    'a creation that fails half way is uncertain or has left nothing, and is completed',
    { faults: ['rate-limited'], capabilities: ['attachments'] },
    async (world) => {
      const document = world.invoice({ withAttachment: true });
      const options = await world.options(document);
      await world.control.fault('rate-limited', { on: 'write', skip: 1 });
      let there = await world.session
        .create(world.call(), document, options)
        .catch((error: unknown) => {
          const isUncertain = error instanceof SyncFailure && error.uncertain;
          return isUncertain ? null : world.control.count(document.reference);
        });
      if (typeof there === 'number') {
        expect(there).toBe(0);
        there = null;
      }
      there ??= await world.session.find(world.call(), document);
      const after = there
        ? await world.session.update(world.call(), there, document, options)
        : await world.session.create(world.call(), document, options);
      expect(after.fields).toEqual(world.session.fields(document));
      expect(await world.control.count(document.reference)).toBe(1);
    },
  );

  claim(
    'two with one reference are reported, not chosen between',
    { abilities: ['duplicate'] },
    async (world) => {
      const document = world.invoice();
      await world.create(document);
      await world.control.duplicate(document.reference);
      const failure = await world.failure(world.session.find(world.call(), document));
      expect(failure.details.code).toBe('duplicate-in-target');
    },
  );
}

/** A status that only the system itself gives may say that it is removed, whatever becomes of the rest. */
const AFTER_THE_STATUS: readonly TargetFault[] = ['malformed-json', 'slow-trickle'];

/** Anything else must be uncertain, an empty success too: a proxy's answers so for a refusal. */
async function removeUnderFault(
  { session, call, failure }: World,
  fault: TargetFault,
  there: RemotePosting,
  document: SupplierInvoiceDocument,
  options: WriteOptions,
): Promise<void> {
  const work = session.remove!(call(), there, document, options);
  const isDone = await work.then(
    () => true,
    () => false,
  );
  if (isDone) {
    expect(AFTER_THE_STATUS).toContain(fault);
    expect(await session.read(call(), there.remoteId, document)).toBeNull();
  } else expect((await failure(work)).uncertain).toBe(true);
}
