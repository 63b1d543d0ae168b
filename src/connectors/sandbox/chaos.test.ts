/** Hundreds of postings, faults at random from a seed, and a worker that looks before it tries again. */
import { expect, test } from 'vitest';
import { SyncFailure } from '../../core/failure.ts';
import { createRecordingCall } from '../../sdk/testing/recording-call.ts';
import { exampleInvoice } from '../../sdk/testing/example-documents.ts';
import { startSandboxSystem } from '../../sdk/testing/sandbox-system.ts';
import { settingsFor } from './test-harness.ts';
import { sandbox } from './index.ts';
import { UNPACED } from '../../sdk/pace.ts';

test.each([1, 2, 3])(
  'with a third of all requests failing, every posting is there once (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const system = await startSandboxSystem({ journal: 0 });
    const session = sandbox.open({
      connectionId: 'chaos',
      company: { id: 'chaos', name: 'Example company', baseCurrency: 'DKK' },
      settings: settingsFor(system),
      clock: { now: () => new Date() },
      random: Math.random,
      timeoutMs: 5000,
      pace: UNPACED,
      attachmentContent: () => Promise.resolve(Uint8Array.of(1, 2, 3)),
    });
    const supplierRemoteId = system.books.createSupplier({
      reference: 'vat:DK10150817',
      name: 'Nordlys Kontor A/S',
      vatNumber: 'DK10150817',
      companyNumber: null,
      gln: null,
      country: 'DK',
    }).id;
    system.faults.atRandom({
      seed,
      probability: 0.33,
      faults: [
        { kind: 'drop-before-commit' },
        { kind: 'drop-after-commit' },
        { kind: 'error-before-commit' },
        { kind: 'error-after-commit' },
        { kind: 'busy', retryAfter: 1 },
        { kind: 'rate-limited', retryAfter: null },
        { kind: 'token-expired' },
        { kind: 'html-page' },
        { kind: 'empty-body' },
        { kind: 'malformed-json' },
        { kind: 'stale-version' },
      ],
    });

    /** As the engine does, without its waits. */
    async function bringInLine(reference: string): Promise<void> {
      const document = exampleInvoice({ reference, withAttachment: true });
      const options = { idempotencyKey: reference, supplierRemoteId };
      let mustLook = false;
      for (let tries = 0; tries < 200; tries++) {
        const call = createRecordingCall();
        try {
          const there = mustLook ? await session.find(call, document) : null;
          const after = there
            ? await session.update(call, there, document, options)
            : await session.create(call, document, options);
          expect(after.fields).toEqual(session.fields(document));
          return;
        } catch (error) {
          if (!(error instanceof SyncFailure)) throw error;
          expect(error.details.code).not.toMatch(/^(?:internal|duplicate-in-target)$/);
          mustLook ||= error.uncertain;
        }
      }
      throw new Error('it never came in line');
    }

    const references = Array.from({ length: 200 }, (_, n) => `chaos-${seed}-${n}`);
    const queue = [...references];
    const worker = async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await bringInLine(next);
    };
    await Promise.all(Array.from({ length: 8 }, worker));

    expect(system.books.counts()).toMatchObject({ invoices: 200, duplicates: [] });
    for (const reference of references) {
      expect(system.books.invoices.find(reference)[0]!.attachments).toHaveLength(1);
    }
    expect([...system.faults.done.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(100);
    await session.close();
    await system.close();
  },
);
