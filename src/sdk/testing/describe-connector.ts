/**
 * The conformance suite: what every connector must do, said as claims and tried against a target that
 * can misbehave. A connector's own test calls this once, and adds what is special to its system.
 */
import { describe, expect, test } from 'vitest';
import type { ConnectorHarness } from './conformance/harness.ts';
import { claimListing } from './conformance/listing.ts';
import { claimLooking } from './conformance/looking.ts';
import { claimOnce } from './conformance/once.ts';
import { claimRefusals } from './conformance/refusals.ts';
import { claimRoundTrip } from './conformance/round-trip.ts';
import { claimSending } from './conformance/sending.ts';
import { claimWaiting } from './conformance/waiting.ts';
import { type Claim, claimsOf } from './conformance/world.ts';

export type {
  ConnectorHarness,
  FaultOptions,
  OpenTarget,
  ReceivedWrite,
  TargetAbility,
  TargetControl,
  TargetFault,
} from './conformance/harness.ts';
import { UNPACED } from '../pace.ts';
export { TARGET_FAULTS } from './conformance/harness.ts';

/** All claims but those about the connector's shape, under the headings people read. */
export const CLAIMS: Readonly<Record<string, (claim: Claim, runs: number) => void>> = {
  'what was written is there once': claimOnce,
  '"not there" is only said when it is certain': claimLooking,
  'records are listed for reconciliation': claimListing,
  'nothing is sent that the log denies': claimSending,
  'what may not be changed is left alone': claimRefusals,
  'limits and sign-in': claimWaiting,
  'what goes in comes out': claimRoundTrip,
};

export function describeConnector<Settings>(
  name: string,
  harness: ConnectorHarness<Settings>,
): void {
  describe(`the ${name} connector`, () => {
    claimShape(harness);
    const claim = claimsOf(harness);
    for (const [title, claims] of Object.entries(CLAIMS)) {
      describe(title, () => claims(claim, harness.runs ?? 25));
    }
  });
}

function claimShape<Settings>({
  connector,
  open,
  findsMany = false,
}: ConnectorHarness<Settings>): void {
  test('says who it is, what its settings are and which of them are secret', async () => {
    expect(connector.id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(connector.name.trim()).not.toBe('');
    const target = await open();
    try {
      const settings = target.settings as Record<string, unknown>;
      expect(connector.settings.safeParse(settings).success).toBe(true);
      expect(connector.settings.safeParse({ ...settings, noSuchSetting: 1 }).success).toBe(false);
      for (const name of connector.secretSettings) expect(Object.keys(settings)).toContain(name);
      const { concurrent, perMinute } = connector.limits(target.settings);
      expect(concurrent).toBeGreaterThan(0);
      if (perMinute !== null) expect(perMinute).toBeGreaterThan(0);
    } finally {
      await target.close();
    }
  });

  test('has what its capabilities promise', async () => {
    const target = await open();
    const session = connector.open({
      connectionId: 'shape',
      company: { id: 'shape', name: 'Example company', baseCurrency: 'DKK' },
      settings: target.settings,
      clock: { now: () => new Date() },
      random: Math.random,
      timeoutMs: 1000,
      pace: UNPACED,
      attachmentContent: () => Promise.resolve(new Uint8Array()),
    });
    expect(session.remove !== undefined).toBe(connector.capabilities.remove);
    expect(session.findMany !== undefined).toBe(findsMany);
    expect(session.list !== undefined).toBe(connector.capabilities.list);
    expect(session.ensureSupplier !== undefined).toBe(connector.capabilities.suppliers);
    await session.close();
    await target.close();
  });
}
