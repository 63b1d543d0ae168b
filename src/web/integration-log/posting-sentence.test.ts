import { expect, test } from 'vitest';
import { createTranslator } from 'use-intl/core';
import type { PostingShape } from '../../contract/sync-shapes.ts';
import da from '../messages/da.json' with { type: 'json' };
import { formatInstant } from '../reader/moments.ts';
import { postingSentence } from './posting-sentence.ts';

const t = createTranslator({ locale: 'da', messages: da });

function say(change: Partial<PostingShape>): string {
  const posting: PostingShape = {
    id: '01900000-0000-7000-8000-000000000001',
    connectionId: '01900000-0000-7000-8000-000000000002',
    kind: 'supplier-invoice',
    paymentId: null,
    amount: null,
    state: 'in-step',
    inStepAt: null,
    waitingFor: null,
    waitingUntil: null,
    off: null,
    failure: null,
    kept: [],
    remoteId: null,
    link: null,
    lastAttemptId: null,
    ...change,
  };
  const { key, values } = postingSentence(posting, t(`posting.${posting.kind}`), (at) =>
    formatInstant(at, 'da-DK', { timeZone: 'Europe/Copenhagen' }),
  );
  return t(`sentence.${key}`, values);
}

test('a posting in step says since when', () => {
  expect(say({ state: 'in-step', inStepAt: '2026-11-24T13:03:00Z' })).toBe(
    'Leverandørfaktura er ajour pr. 24. nov. 2026 kl. 14.03',
  );
});

test('a posting that waits says for what, and until when at the latest', () => {
  expect(say({ state: 'waiting', waitingFor: 'turn' })).toBe('Leverandørfaktura venter på sin tur');
  expect(say({ state: 'waiting', waitingFor: 'quiet', waitingUntil: '2026-11-24T13:03:10Z' })).toBe(
    'Leverandørfaktura venter, til der er ro om bilaget, senest til 24. nov. 2026 kl. 14.03',
  );
  expect(say({ kind: 'supplier-payment', state: 'waiting', waitingFor: 'invoice' })).toBe(
    'Leverandørbetaling venter på leverandørfakturaen',
  );
});

test('a failed posting says what went wrong', () => {
  expect(
    say({
      state: 'failed',
      failure: {
        code: 'period-locked',
        class: 'posting',
        who: 'bookkeeper',
        title: 'Regnskabsperioden er lukket',
        remedy: 'Åbn perioden.',
        originalMessage: null,
        subject: null,
        conflicts: [],
      },
    }),
  ).toBe('Leverandørfaktura fejlet: Regnskabsperioden er lukket');
});

test('a posting opted out gives the reason of the rule', () => {
  expect(
    say({ state: 'off', off: { code: 'opted-out', reason: 'Bogføres af moderselskabet' } }),
  ).toBe('Leverandørfaktura er fravalgt: Bogføres af moderselskabet');
});

test('every state, with every thing to wait for and every reason to be off, has its sentence', () => {
  const states = [
    'in-step',
    'syncing',
    'removed',
    'none',
    'retrying',
    'uncertain',
    'failed',
    'off',
    'waiting',
  ] as const;
  const reasons = [
    'kind-off',
    'begins-on-approved',
    'begins-on-paid',
    'opted-out',
    'duplicate',
    'cancelled',
    'connection-off',
  ] as const;
  const waits = ['turn', 'quiet', 'retry', 'connection', 'invoice', 'payment'] as const;
  const said = [
    ...states.map((state) => say({ state })),
    ...reasons.map((code) => say({ state: 'off', off: { code, reason: null } })),
    ...waits.flatMap((waitingFor) =>
      [null, '2026-11-24T13:03:00Z'].map((waitingUntil) =>
        say({ state: 'waiting', waitingFor, waitingUntil }),
      ),
    ),
  ];
  for (const sentence of said) expect(sentence).toMatch(/^Leverandørfaktura.+[^.]$/u);
});
