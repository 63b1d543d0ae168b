/**
 * How a posting stands, in one sentence: which sentence, and what is put into it. The words are in
 * the messages; how instants are written is the caller's.
 */
import type { PostingShape } from '../../contract/sync-shapes.ts';

export type SentenceKey =
  | 'in-step'
  | 'in-step-at'
  | 'syncing'
  | 'waiting'
  | 'waiting-turn'
  | 'waiting-quiet'
  | 'waiting-quiet-until'
  | 'waiting-retry'
  | 'waiting-retry-until'
  | 'waiting-connection'
  | 'waiting-connection-until'
  | 'waiting-invoice'
  | 'waiting-payment'
  | 'retrying'
  | 'retrying-until'
  | 'failed'
  | 'failed-why'
  | 'deleted'
  | 'changed'
  | 'uncertain'
  | 'uncertain-until'
  | 'removed'
  | 'none'
  | 'off'
  | `off-${NonNullable<PostingShape['off']>['code']}`;

export interface Sentence {
  readonly key: SentenceKey;
  readonly values: Readonly<Record<string, string>>;
}

export function postingSentence(
  posting: PostingShape,
  name: string,
  instant: (at: string) => string,
): Sentence {
  const until = posting.waitingUntil === null ? null : instant(posting.waitingUntil);
  const say = (key: SentenceKey, values: Record<string, string> = {}): Sentence => ({
    key,
    values: { name, ...values },
  });
  const timed = (
    key: 'waiting-quiet' | 'waiting-retry' | 'waiting-connection' | 'uncertain' | 'retrying',
  ) => (until === null ? say(key) : say(`${key}-until`, { until }));
  switch (posting.state) {
    case 'in-step':
      return posting.inStepAt === null
        ? say('in-step')
        : say('in-step-at', { at: instant(posting.inStepAt) });
    case 'syncing':
    case 'removed':
    case 'none':
      return say(posting.state);
    case 'waiting':
      if (posting.waitingFor === null) return say('waiting');
      if (posting.waitingFor === 'turn') return say('waiting-turn');
      if (posting.waitingFor === 'invoice' || posting.waitingFor === 'payment')
        return say(`waiting-${posting.waitingFor}`);
      return timed(`waiting-${posting.waitingFor}`);
    case 'retrying':
    case 'uncertain':
      return timed(posting.state);
    case 'failed':
      if (posting.failure?.code === 'deleted-in-target') return say('deleted');
      if (posting.failure?.code === 'changed-in-target') return say('changed');
      return posting.failure === null
        ? say('failed')
        : say('failed-why', { why: posting.failure.title });
    case 'off':
      return posting.off === null
        ? say('off')
        : say(`off-${posting.off.code}`, { reason: posting.off.reason ?? '–' });
    default:
      return posting.state satisfies never;
  }
}
