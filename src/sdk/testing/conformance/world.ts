/**
 * One test's world: a session on an open target, and everything that was announced, recorded and
 * thrown in it, so that at its end no secret can have been overlooked.
 */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock, timeOrderedIds } from '../../../core/clock.ts';
import { SyncFailure } from '../../../core/failure.ts';
import type { PostingDocument, SupplierInvoiceDocument } from '../../../core/posting.ts';
import type {
  Capabilities,
  ConnectorSession,
  RemotePosting,
  WriteOptions,
} from '../../connector.ts';
import { secretForms } from '../../redact-forms.ts';
import { type DocumentPalette, WIDE_PALETTE } from '../document-palette.ts';
import { EXAMPLE_ATTACHMENT, exampleInvoice, type ExampleOptions } from '../example-documents.ts';
import { createRecordingCall, type RecordingCall } from '../recording-call.ts';
import type { ConnectorHarness, TargetAbility, TargetControl, TargetFault } from './harness.ts';
import { UNPACED } from '../../pace.ts';

const ids = timeOrderedIds(systemClock, (length) => randomBytes(length));

export interface World {
  readonly session: ConnectorSession;
  readonly control: Required<TargetControl>;
  readonly palette: DocumentPalette;
  /** Invoices can't be changed once they are written. */
  readonly isBooked: boolean;
  /** A new call, watched for secrets. */
  call(): RecordingCall;
  newReference(): string;
  invoice(options?: Partial<ExampleOptions>): SupplierInvoiceDocument;
  /** Makes sure of the supplier; the options for one write. */
  options(document: PostingDocument): Promise<WriteOptions>;
  create(document: PostingDocument): Promise<RemotePosting>;
  /** The failure this must end in. */
  failure(work: Promise<unknown>): Promise<SyncFailure>;
}

export interface Needs {
  readonly abilities?: readonly TargetAbility[];
  readonly faults?: readonly TargetFault[];
  readonly capabilities?: readonly (keyof Capabilities)[];
  readonly findsMany?: true;
  /** Of invoices once they are written. */
  readonly invoices?: 'changeable' | 'booked';
}

export type Claim = (title: string, needs: Needs, body: (world: World) => Promise<void>) => void;

/** Registers claims as tests; those the target can't be asked are named as not applicable. */
export function claimsOf<Settings>(harness: ConnectorHarness<Settings>): Claim {
  return (title, needs, body) => {
    const missing = [
      ...(needs.abilities ?? [])
        .filter((ability) => !harness.abilities.includes(ability))
        .map((ability) => `the target can't "${ability}"`),
      ...(needs.faults ?? [])
        .filter((fault) => !harness.faults.includes(fault))
        .map((fault) => `the target has no "${fault}"`),
      ...(needs.capabilities ?? [])
        .filter((capability) => !harness.connector.capabilities[capability])
        .map((capability) => `the system has no "${capability}"`),
      ...(needs.findsMany && !harness.findsMany ? ["it can't be asked for many at once"] : []),
      ...(needs.invoices && (needs.invoices === 'booked') !== (harness.isBooked ?? false)
        ? [`its invoices are not ${needs.invoices}`]
        : []),
    ];
    // Only an answer byte by byte has to be waited for until the time is up; a slow machine is no fault.
    const waits = needs.faults?.includes('slow-trickle');
    const patient = waits ? harness : { ...harness, timeoutMs: 30_000 };
    const isMissing = missing.length > 0;
    const name = isMissing ? `${title} — not applicable: ${missing.join(', ')}` : title;
    test.skipIf(isMissing)(name, { timeout: harness.testTimeoutMs ?? 30_000 }, () =>
      inWorld(patient, body),
    );
  };
}

/** Tries one claim in a world of its own. */
export async function inWorld<Settings>(
  harness: ConnectorHarness<Settings>,
  body: (world: World) => Promise<void>,
): Promise<void> {
  const target = await harness.open();
  const calls: RecordingCall[] = [];
  const failures: SyncFailure[] = [];
  const palette = harness.palette ?? WIDE_PALETTE;
  const session = harness.connector.open({
    connectionId: ids.next(),
    company: { id: ids.next(), name: 'Example company', baseCurrency: 'DKK' },
    settings: target.settings,
    clock: systemClock,
    random: Math.random,
    timeoutMs: harness.timeoutMs ?? 1000,
    pace: UNPACED,
    attachmentContent: () => Promise.resolve(EXAMPLE_ATTACHMENT.bytes),
  });
  const call = () => {
    const made = createRecordingCall();
    calls.push(made);
    return made;
  };
  const world: World = {
    session,
    // Claims only use what they say they need, so what is missing is never called.
    control: target.control as Required<TargetControl>,
    palette,
    isBooked: harness.isBooked ?? false,
    call,
    newReference: () => ids.next(),
    invoice: (options) => exampleInvoice({ reference: ids.next(), palette, ...options }),
    async options(document) {
      const isInvoice = document.kind === 'supplier-invoice';
      const supplierRemoteId =
        isInvoice && session.ensureSupplier
          ? await session.ensureSupplier(call(), document.supplier, document.supplierKey)
          : null;
      return { idempotencyKey: ids.next(), supplierRemoteId };
    },
    async create(document) {
      return session.create(call(), document, await world.options(document));
    },
    async failure(work) {
      try {
        await work;
      } catch (error) {
        expect(error).toBeInstanceOf(SyncFailure);
        failures.push(error as SyncFailure);
        return error as SyncFailure;
      }
      return expect.unreachable('it succeeded where it must fail');
    },
  };
  try {
    await body(world);
    expectNoSecret(harness, target.settings, calls, failures);
  } finally {
    await session.close();
    await target.close();
  }
}

function expectNoSecret<Settings>(
  harness: ConnectorHarness<Settings>,
  settings: Settings,
  calls: readonly RecordingCall[],
  failures: readonly SyncFailure[],
): void {
  const seen = JSON.stringify([
    calls.map(({ intents, exchanges }) => ({ intents, exchanges })),
    failures.map(({ details, message, stack, cause }) => ({
      details,
      message,
      stack,
      cause: String(cause),
    })),
  ]);
  for (const name of harness.connector.secretSettings) {
    const secret = settings[name];
    if (typeof secret !== 'string' || secret === '') continue;
    const { plain, insideBase64 } = secretForms(secret);
    for (const form of [...plain, ...insideBase64]) {
      expect(seen.includes(form), `the secret "${name}" is in the log or in a failure`).toBe(false);
    }
  }
}
