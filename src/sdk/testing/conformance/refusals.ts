/** What the accounting system refuses is left alone, under the right name. */
import { expect } from 'vitest';
import { dearer, examplePayment } from '../example-documents.ts';
import type { Claim } from './world.ts';

export function claimRefusals(claim: Claim): void {
  claim(
    'a locked posting is not updated and stays as it was',
    { abilities: ['lock'] },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      await control.lock(document.reference);
      const write = await options(document);
      const refused = await failure(session.update(call(), there, dearer(document), write));
      expect(refused.uncertain).toBe(false);
      expect(refused.details.code).toMatch(/^(?:posting|period)-locked$/);
      const now = await session.read(call(), there.remoteId, document);
      expect(now?.fields).toEqual(session.fields(document));
    },
  );

  claim(
    'an invoice that is booked takes no other amount and stays as it was',
    { invoices: 'booked' },
    async ({ session, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      const write = await options(document);
      const refused = await failure(session.update(call(), there, dearer(document), write));
      expect(refused).toMatchObject({ uncertain: false, details: { code: 'posting-locked' } });
      expect(await session.read(call(), there.remoteId, document)).toEqual(there);
    },
  );

  claim(
    'a locked posting is not removed',
    { abilities: ['lock'], capabilities: ['remove'] },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      await control.lock(document.reference);
      const write = await options(document);
      const refused = await failure(session.remove!(call(), there, document, write));
      expect(refused.uncertain).toBe(false);
      expect(refused.details.code).toMatch(/^(?:posting|period)-locked$/);
      expect(await control.count(document.reference)).toBe(1);
    },
  );

  claim(
    'a locked period takes no posting, and says so',
    { abilities: ['lockPeriod'] },
    async ({ session, control, call, invoice, options, failure }) => {
      const document = invoice();
      const write = await options(document);
      await control.lockPeriod(document.issuedOn);
      expect(await failure(session.create(call(), document, write))).toMatchObject({
        uncertain: false,
        details: { code: 'period-locked' },
      });
      expect(await control.count(document.reference)).toBe(0);
    },
  );

  claim(
    'an archived account is named',
    { abilities: ['archiveAccount'] },
    async ({ session, control, call, invoice, options, failure }) => {
      const document = invoice();
      const write = await options(document);
      const { account } = document.lines[0]!;
      await control.archiveAccount(account);
      const refused = await failure(session.create(call(), document, write));
      expect(refused).toMatchObject({ uncertain: false, details: { code: 'account-archived' } });
      expect(`${refused.details.subject} ${refused.details.originalMessage}`).toContain(account);
      expect(await control.count(document.reference)).toBe(0);
    },
  );

  claim(
    'a payment whose invoice is not there is not sent',
    {},
    async ({ session, control, call, invoice, options, newReference, palette, failure }) => {
      const reference = newReference();
      const payment = examplePayment(invoice(), { reference, invoiceRemoteId: null, palette });
      const write = await options(payment);
      expect(await failure(session.create(call(), payment, write))).toMatchObject({
        uncertain: false,
        details: { code: 'invoice-missing' },
      });
      expect(await control.count(reference)).toBe(0);
    },
  );

  claim(
    'what somebody changed meanwhile is not overwritten but read again',
    { abilities: ['edit'], invoices: 'changeable' },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const document = invoice();
      const there = await create(document);
      await control.edit(document.reference);
      const write = await options(document);
      if (there.version !== null) {
        expect(await failure(session.update(call(), there, dearer(document), write))).toMatchObject(
          { uncertain: false, details: { code: 'version-stale' } },
        );
      }
      const now = await session.read(call(), there.remoteId, document);
      expect(now?.fields).not.toEqual(session.fields(document));
      const after = await session.update(call(), now!, dearer(document), write);
      expect(after.fields).toEqual(session.fields(dearer(document)));
      expect(await control.count(document.reference)).toBe(1);
    },
  );
}
