/**
 * The conformance suite itself, held to its word: connectors that are broken in one way each, and the
 * claim that must notice. A suite that passes everything would be worth nothing.
 */
import { describe, expect, test } from 'vitest';
import { SyncFailure } from '../../core/failure.ts';
import type { Call, Connector, ConnectorSession } from '../../sdk/connector.ts';
import type { ConnectorHarness } from '../../sdk/testing/conformance/harness.ts';
import { inWorld, type World } from '../../sdk/testing/conformance/world.ts';
import { CLAIMS } from '../../sdk/testing/describe-connector.ts';
import { sandboxHarness } from './test-harness.ts';
import { sandbox, type SandboxSettings } from './index.ts';

const claims = new Map<string, (world: World) => Promise<void>>();
for (const collect of Object.values(CLAIMS))
  collect((title, _, body) => void claims.set(title, body), 10);

/** The claims that don't hold for a connector, of those whose title contains a text. */
async function broken(
  titled: string,
  session: (good: ConnectorSession) => Partial<ConnectorSession>,
) {
  const connector: Connector<SandboxSettings> = {
    ...sandbox,
    open: (context) => {
      const good = sandbox.open(context);
      return { ...good, ...session(good) };
    },
  };
  const harness: ConnectorHarness<SandboxSettings> = { ...sandboxHarness, connector };
  const failed: string[] = [];
  const chosen = [...claims].filter(([title]) => title.includes(titled));
  expect(chosen.length).toBeGreaterThan(0);
  for (const [title, body] of chosen) {
    const held = await inWorld(harness, body).then(
      () => true,
      () => false,
    );
    if (!held) failed.push(title);
  }
  return { failed, all: chosen.map(([title]) => title) };
}

const unannounced = (call: Call): Call => ({
  signal: call.signal,
  write: () => Promise.resolve(),
  record: (exchange) => call.record(exchange),
  assertMayWrite: () => {},
});

describe('the suite notices a connector that', () => {
  test('is whole: then no claim fails', async () => {
    const { failed } = await broken('creation that was', () => ({}));
    expect(failed).toEqual([]);
  });

  test('calls a lost answer certain', async () => {
    const { failed, all } = await broken('a creation that was', (good) => ({
      create: (...args) =>
        good.create(...args).catch((error: unknown) => {
          throw error instanceof SyncFailure
            ? new SyncFailure(error.details.code, { uncertain: false })
            : error;
        }),
    }));
    expect(failed).toEqual(all);
  });

  test('never finds anything, so that everything is there twice', async () => {
    const { failed } = await broken('carried out (drop-after-commit)', (good) => ({
      find: () => Promise.resolve(null),
      ensureSupplier: good.ensureSupplier!,
    }));
    expect(failed).toHaveLength(1);
  });

  test('takes a failed look for "not there"', async () => {
    const { failed, all } = await broken('a look that fails', (good) => ({
      find: (...args) => good.find(...args).catch(() => null),
    }));
    expect(failed).toEqual(all);
  });

  test('writes without announcing it', async () => {
    const { failed } = await broken('', (good) => ({
      update: (call, ...rest) => good.update(unannounced(call), ...rest),
    }));
    expect(failed).toContain('nothing is written when the lane was lost');
    expect(failed).toContain('every write is announced, with the hash of the bytes that arrive');
  }, 120_000);

  test('lets a secret into the log', async () => {
    const { failed } = await broken('an invoice with its attachment', (good) => ({
      create: (call, ...rest) => {
        call.record({
          kind: 'http',
          method: 'GET',
          target: `/?key=${encodeURIComponent('S3cret/with +odd"chars')}`,
          requestHeaders: {},
          requestBody: null,
          requestSha256: null,
          startedAt: '',
          durationMs: 0,
          status: 200,
          answerHeaders: {},
          answerBody: null,
          error: null,
        });
        return good.create(call, ...rest);
      },
    }));
    expect(failed).toHaveLength(1);
  });

  test('loses the decimals of a currency that has three', async () => {
    const { failed } = await broken(
      'any invoice, credit note or receipt, when created',
      (good) => ({
        fields: (document) =>
          Object.fromEntries(
            Object.entries(good.fields(document)).map(([name, value]) => [
              name,
              value.replace(/(\.\d\d)\d$/, '$1'),
            ]),
          ),
      }),
    );
    expect(failed).toHaveLength(1);
  });

  test('overwrites what somebody changed meanwhile', async () => {
    const { failed } = await broken('somebody changed meanwhile', (good) => ({
      update: async (call, there, document, options) => {
        const now = await good.read(call, there.remoteId, document);
        return good.update(call, now ?? there, document, options);
      },
    }));
    expect(failed).toHaveLength(1);
  });

  test('brings back what a person deleted', async () => {
    const { failed } = await broken('never brings back', (good) => ({
      update: (call, there, document, options) =>
        good
          .update(call, there, document, options)
          .catch(() => good.create(call, document, options)),
    }));
    expect(failed).toHaveLength(1);
  });
});
