/** Log before send, one writer, and the hash in the log is that of the bytes (invariants 1 and 2). */
import { expect, vi } from 'vitest';
import { SyncFailure } from '../../../core/failure.ts';
import { dearer } from '../example-documents.ts';
import type { Claim } from './world.ts';

export function claimSending(claim: Claim): void {
  claim(
    'nothing is written when the lane was lost',
    {},
    async ({ session, control, call, create, invoice, options, newReference, isBooked }) => {
      const known = invoice();
      const there = await create(known);
      const document = invoice({ withAttachment: true });
      const write = await options(document);
      const lost = new Error('the lane was lost');
      const refused = () => {
        const made = call();
        made.refuseWrites(lost);
        return made;
      };
      await expect(session.create(refused(), document, write)).rejects.toBe(lost);
      if (!isBooked)
        await expect(session.update(refused(), there, dearer(known), write)).rejects.toBe(lost);
      if (session.remove)
        await expect(session.remove(refused(), there, known, write)).rejects.toBe(lost);
      if (session.ensureSupplier) {
        const supplier = { name: 'Ny Leverandør', companyNumber: newReference() };
        await expect(
          session.ensureSupplier(refused(), supplier, `company:${supplier.companyNumber}`),
        ).rejects.toBe(lost);
      }
      expect(await control.count(document.reference)).toBe(0);
      const now = await session.read(call(), there.remoteId, known);
      expect(now?.fields).toEqual(session.fields(known));
    },
  );

  claim(
    'nothing is written when the work was called off before',
    {},
    async ({ session, control, call, invoice, options, failure }) => {
      const document = invoice();
      const write = await options(document);
      const called = call();
      called.abort();
      expect(await failure(session.create(called, document, write))).toMatchObject({
        uncertain: false,
        details: { code: 'interrupted' },
      });
      expect(await control.count(document.reference)).toBe(0);
    },
  );

  claim(
    'every write is announced, with the hash of the bytes that arrive',
    { abilities: ['received'] },
    async ({ session, control, call, invoice, options, isBooked }) => {
      const document = invoice({ withAttachment: true });
      const write = await options(document);
      const before = (await control.received()).length;
      const called = call();
      const there = await session.create(called, document, write);
      const after = isBooked
        ? there
        : await session.update(called, there, dearer(document), {
            ...write,
            idempotencyKey: `${write.idempotencyKey}-2`,
          });
      await session.remove?.(called, after, document, {
        ...write,
        idempotencyKey: `${write.idempotencyKey}-3`,
      });
      const received = (await control.received()).slice(before);
      expect(received.length).toBeGreaterThan(1);
      expect(called.intents.map(({ method, sha256 }) => ({ method, sha256 }))).toEqual(received);
    },
  );

  claim(
    'every write has its exchange in the log, after its announcement',
    {},
    async ({ session, call, invoice, options }) => {
      const document = invoice({ withAttachment: true });
      const write = await options(document);
      const called = call();
      await session.create(called, document, write);
      const { intents, exchanges, story } = called;
      expect(intents.length).toBeGreaterThan(0);
      for (const { method, target, sha256 } of intents) {
        const at = exchanges.find(
          (exchange) =>
            exchange.method === method &&
            exchange.target === target &&
            exchange.requestSha256 === sha256,
        );
        expect(at, `${method} ${target}`).toBeDefined();
        const announced = story.indexOf(`write ${method} ${target}`);
        const done = story.findIndex((line) => line.startsWith(`exchange ${method} ${target}`));
        expect(announced).toBeGreaterThanOrEqual(0);
        expect(announced).toBeLessThan(done);
      }
    },
  );

  claim(
    'work that is called off on its way ends at once, and a write is uncertain',
    { faults: ['slow-trickle'] },
    async ({ session, control, call, invoice, options }) => {
      const document = invoice();
      const write = await options(document);
      await control.fault('slow-trickle', { on: 'write' });
      const called = call();
      const work = session.create(called, document, write).catch((error: unknown) => error);
      // A connector may have to look things up before it writes.
      await vi.waitFor(() => expect(called.intents).not.toHaveLength(0), { timeout: 10_000 });
      await new Promise((resolve) => setTimeout(resolve, 150));
      called.abort();
      // Had it waited for the answer it would have succeeded, or called it lost.
      const error = await work;
      expect(error).toBeInstanceOf(SyncFailure);
      expect(error).toMatchObject({ uncertain: true, details: { code: 'interrupted' } });
    },
  );
}
