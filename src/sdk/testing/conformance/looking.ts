/** Deleted is not unreachable (invariant 7): only a confirmed "not there" reads as null. */
import { expect } from 'vitest';
import { TARGET_FAULTS } from './harness.ts';
import type { Claim } from './world.ts';

export function claimLooking(claim: Claim): void {
  claim(
    'a posting that a person deleted reads as gone',
    { abilities: ['remove'] },
    async ({ session, control, call, create, invoice }) => {
      const document = invoice();
      const there = await create(document);
      await control.remove(document.reference);
      expect(await session.read(call(), there.remoteId, document)).toBeNull();
      expect(await session.find(call(), document)).toBeNull();
    },
  );

  claim('a posting says whose it is', {}, async ({ session, call, create, invoice }) => {
    const document = invoice();
    const there = await create(document);
    expect(there.reference).toBe(document.reference);
    expect((await session.read(call(), there.remoteId, document))?.reference).toBe(
      document.reference,
    );
  });

  claim(
    'an update never brings back what a person deleted',
    { abilities: ['remove'] },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      const write = await options(document);
      await control.remove(document.reference);
      const { uncertain } = await failure(session.update(call(), there, document, write));
      expect(uncertain).toBe(false);
      expect(await control.count(document.reference)).toBe(0);
    },
  );

  claim(
    'what a person booked is found by its number, and nothing of ours is',
    { abilities: ['bookByHand'], capabilities: ['link'] },
    async ({ session, control, call, create, invoice, options, newReference, failure }) => {
      const ours = invoice();
      const there = await create(ours);
      const document = { ...ours, reference: newReference() };
      const { supplierRemoteId } = await options(document);
      const find = () => session.findByNumber!(call(), document, supplierRemoteId);
      expect(await find()).toBeNull();
      await control.bookByHand(ours.reference);
      const found = await find();
      expect(found?.reference).toBeNull();
      expect(found?.remoteId).not.toBe(there.remoteId);
      expect(found?.fields['number']).toBe(there.fields['number']);
      expect(await session.read(call(), found!.remoteId, document)).toEqual(found);
      expect(await session.find(call(), document)).toBeNull();
      await control.bookByHand(ours.reference);
      expect(await failure(find())).toMatchObject({
        uncertain: false,
        details: { code: 'duplicate-in-target' },
      });
    },
  );

  for (const fault of TARGET_FAULTS) {
    claim(
      `a look that fails (${fault}) is a failure, not "gone", and certain`,
      { faults: [fault] },
      async ({ session, control, call, create, invoice, failure }) => {
        const document = invoice();
        const there = await create(document);
        await control.fault(fault, { on: 'read' });
        const found = await failure(session.find(call(), document));
        expect(found.uncertain).toBe(false);
        await control.fault(fault, { on: 'read' });
        const read = await failure(session.read(call(), there.remoteId, document));
        expect(read.uncertain).toBe(false);
        expect((await session.read(call(), there.remoteId, document))?.fields).toEqual(
          session.fields(document),
        );
      },
    );
  }

  claim(
    'a system nobody answers for is unreachable, and no write can have arrived',
    { abilities: ['stop'] },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      const other = invoice();
      const write = await options(other);
      await control.stop();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const expected = { uncertain: false, details: { code: 'target-unreachable' } };
      expect(await failure(session.check(call()))).toMatchObject(expected);
      expect(await failure(session.find(call(), document))).toMatchObject(expected);
      expect(await failure(session.read(call(), there.remoteId, document))).toMatchObject(expected);
      expect(await failure(session.create(call(), other, write))).toMatchObject(expected);
    },
  );
}
