/** One change to the file system as the log sees it: the intent first, then the change, then the exchange. */
import type { Clock } from '../../core/clock.ts';
import { SyncFailure } from '../../core/failure.ts';
import type { Call, WriteIntent } from '../../sdk/connector.ts';
import { cut } from '../../sdk/redact.ts';
import { sha256 } from './attachment-files.ts';
import { fileFailure } from './failures.ts';

/** `sha256` defaults to that of the body. `change` returns what to answer in the log. */
export async function loggedWrite(
  call: Call,
  clock: Clock,
  intent: Pick<WriteIntent, 'method' | 'target' | 'body'> & { readonly sha256?: string },
  change: () => Promise<string>,
): Promise<void> {
  const body = intent.body === null ? null : cut(intent.body);
  const hash = intent.sha256 ?? (intent.body === null ? null : sha256(intent.body));
  if (call.signal.aborted) throw new SyncFailure('interrupted', { subject: intent.target });
  await call.write({
    method: intent.method,
    target: intent.target,
    body,
    sha256: hash,
  });
  if (call.signal.aborted) throw new SyncFailure('interrupted', { subject: intent.target });
  const startedAt = clock.now();
  const exchange = {
    kind: 'file' as const,
    method: intent.method,
    target: intent.target,
    requestHeaders: {},
    requestBody: body,
    requestSha256: hash,
    startedAt: startedAt.toISOString(),
    answerHeaders: {},
  };
  const durationMs = () => Math.max(0, clock.now().getTime() - startedAt.getTime());
  try {
    const answerBody = await change();
    call.record({ ...exchange, durationMs: durationMs(), status: 200, answerBody, error: null });
  } catch (error) {
    const failure = fileFailure(error, intent.target);
    call.record({
      ...exchange,
      durationMs: durationMs(),
      status: null,
      answerBody: null,
      error: failure.message,
    });
    throw failure;
  }
}
