/**
 * `Idempotency-Key`: a repeated request gets the first answer and is not done again. Key, work and
 * answer are one transaction.
 */
import type { Context } from 'hono';
import type { Clock } from '../core/clock.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import { sha256Hex } from '../engine/sha256.ts';
import { claimKey, keepAnswer } from '../store/idempotency.ts';
import type { Queryable } from '../store/pool.ts';
import type { ReadRequest } from './read-request.ts';
import { Refusal } from './refusal.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;
/** Requests that belong to no company share this one. */
const NO_COMPANY = '00000000-0000-0000-0000-000000000000';

export async function onceOnly(
  given: { db: Queryable; clock: Clock; c: Context; endpoint: Endpoint; request: ReadRequest },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { db, clock, c, endpoint, request } = given;
  const key = c.req.header('idempotency-key');
  if (key === undefined) return work();
  if (!KEY.test(key))
    throw new Refusal('invalid-request', 'The Idempotency-Key is not 1 to 200 visible characters.');
  const { companyId = NO_COMPANY } = request.params as { companyId?: string };
  const sha256 = sha256Hex(
    Buffer.concat([
      Buffer.from(`${c.req.method} ${c.req.path}${new URL(c.req.url).search}\n`),
      request.bytes,
    ]),
  );
  const claim = await claimKey(db, { companyId, key, sha256, at: clock.now() });
  if (claim.kind === 'repeat') {
    c.header('idempotency-replayed', 'true');
    return claim.answer;
  }
  if (claim.kind === 'other-request') {
    throw new Refusal(
      'idempotency-key-reused',
      'This key belongs to another request; use a new key for new work.',
    );
  }
  const answer = await work();
  await keepAnswer(db, companyId, key, endpoint.status, answer);
  return answer;
}
