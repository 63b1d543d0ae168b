/** Waits as told, signs in again as needed, gives up signing in when it must. */
import { expect } from 'vitest';
import type { Claim } from './world.ts';

export function claimWaiting(claim: Claim): void {
  claim('the connection can be checked', {}, async ({ session, call }) => {
    await session.check(call());
  });

  for (const retryAfterSeconds of [7, null]) {
    claim(
      retryAfterSeconds === null
        ? '"too many requests" without a time is passed on, and nothing was written'
        : '"too many requests" passes on how long to wait, and nothing was written',
      { faults: ['rate-limited'] },
      async ({ session, control, call, invoice, options, failure }) => {
        const document = invoice();
        const write = await options(document);
        await control.fault('rate-limited', { on: 'write', retryAfterSeconds });
        expect(await failure(session.create(call(), document, write))).toMatchObject({
          uncertain: false,
          details: {
            code: 'rate-limited',
            retryAfterMs: retryAfterSeconds === null ? null : retryAfterSeconds * 1000,
          },
        });
        expect(await control.count(document.reference)).toBe(0);
      },
    );
  }

  claim(
    '"busy" passes on how long to wait',
    { faults: ['busy'] },
    async ({ session, control, call, invoice, failure }) => {
      await control.fault('busy', { on: 'read', retryAfterSeconds: 3 });
      expect(await failure(session.find(call(), invoice()))).toMatchObject({
        details: { code: 'target-busy', retryAfterMs: 3000 },
      });
    },
  );

  claim(
    'an expired token is renewed once, however many need it at the same moment',
    { abilities: ['expireTokens', 'tokenRequests'] },
    async ({ session, control, call, create, invoice, options }) => {
      await create(invoice());
      const documents = Array.from({ length: 8 }, () => invoice());
      const write = await options(documents[0]!);
      const before = await control.tokenRequests();
      await control.expireTokens();
      await Promise.all(
        documents.map((document) =>
          session.create(call(), document, { ...write, idempotencyKey: document.reference }),
        ),
      );
      expect((await control.tokenRequests()) - before).toBe(1);
      for (const document of documents) expect(await control.count(document.reference)).toBe(1);
    },
  );

  claim(
    'access that was taken away means "sign in again", and nothing was written',
    { abilities: ['revokeAccess'] },
    async ({ session, control, call, create, invoice, options, failure }) => {
      const known = invoice();
      const there = await create(known);
      const document = invoice();
      const write = await options(document);
      await control.revokeAccess();
      const expected = { uncertain: false, details: { code: 'signed-out' } };
      expect(await failure(session.check(call()))).toMatchObject(expected);
      expect(await failure(session.create(call(), document, write))).toMatchObject(expected);
      expect(await failure(session.read(call(), there.remoteId, known))).toMatchObject(expected);
      expect(await control.count(document.reference)).toBe(0);
    },
  );
}
