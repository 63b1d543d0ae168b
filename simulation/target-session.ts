/**
 * The connector of the model: on one machine, over a network that loses, delays and doubles, to the
 * model of an accounting system. What an answer means is as in `src/sdk/http-session-failures.ts`.
 */
import { z } from 'zod';
import { canonicalJson } from '../src/core/canonical.ts';
import { SyncFailure } from '../src/core/failure.ts';
import { postingFields } from '../src/core/posting-fields.ts';
import type { PostingDocument, PostingFields } from '../src/core/posting.ts';
import { halfDone } from '../src/sdk/http-session-failures.ts';
import { sha256Hex } from '../src/engine/sha256.ts';
import type {
  Call,
  ConnectionContext,
  Connector,
  ConnectorSession,
  RemotePosting,
} from '../src/sdk/connector.ts';
import { Redactor } from '../src/sdk/redact.ts';
import type { Leaving } from './checks.ts';
import { type Line, sendOver } from './network.ts';
import type { RemoteFile, Target } from './target.ts';

export interface TargetSettings {
  readonly concurrent: number;
  readonly perMinute: number | null;
  readonly arrivesWithinMs: number;
  readonly timeoutMs: number;
  readonly findsMany: boolean;
  readonly lists: boolean;
}

/** What must never be in the log. */
export const SECRET = 'hemmelig-nøgle-4711';

const settings: z.ZodType<{ token: string }> = z.object({ token: z.string() });

export function targetConnector(
  line: Line,
  targetOf: (connectionId: string) => Target,
  given: TargetSettings,
): Connector {
  return {
    id: 'model',
    name: 'Model',
    settings,
    secretSettings: ['token'],
    capabilities: {
      remove: true,
      list: given.lists,
      suppliers: true,
      attachments: true,
      departments: true,
      projects: true,
      link: true,
    },
    limits: () => ({
      concurrent: given.concurrent,
      perMinute: given.perMinute,
      arrivesWithinMs: given.arrivesWithinMs,
    }),
    open: (context: ConnectionContext<unknown>) =>
      openSession(line, targetOf(context.connectionId), context, given),
  } as unknown as Connector;
}

function openSession(
  line: Line,
  target: Target,
  { connectionId, pace, attachmentContent }: ConnectionContext<unknown>,
  { timeoutMs, findsMany, lists }: TargetSettings,
): ConnectorSession {
  const redactor = new Redactor([SECRET]);
  /** As every HTTP connector's session does. */
  const request: typeof requestNow = async (call, ...given) => {
    const giveBack = await pace.turn(call.signal).catch(() => {
      throw new SyncFailure('interrupted');
    });
    try {
      return await requestNow(call, ...given);
    } finally {
      giveBack();
    }
  };
  const requestNow = async <T>(
    call: Call,
    method: string,
    path: string,
    body: unknown,
    leaving: Omit<Leaving, 'connectionId' | 'sha256'> | null,
    carryOut: (sent: Leaving | null) => T,
  ): Promise<T> => {
    const text = body === null ? null : canonicalJson(body);
    const sha256 = text === null ? null : sha256Hex(text);
    const said = text === null ? null : redactor.text(text);
    if (leaving) {
      await call.write({ method, target: path, body: said, sha256 });
      call.assertMayWrite();
    }
    const sent = leaving && { ...leaving, connectionId, sha256: sha256 ?? '' };
    return sendOver(line, {
      call,
      timeoutMs,
      connectionId,
      what: `${method} ${path}`,
      leaving: sent,
      carryOut: () => carryOut(sent),
      record: (status, error, startedAt) =>
        call.record({
          kind: 'http',
          method,
          target: path,
          requestHeaders: redactor.headers({ 'x-token': SECRET }),
          requestBody: said,
          requestSha256: sha256,
          startedAt: startedAt.toISOString(),
          durationMs: 0,
          status,
          answerHeaders: {},
          answerBody: status === null ? null : redactor.text(`{"you sent":"${SECRET}"}`),
          error,
        }),
    });
  };
  const bodyOf = (document: PostingDocument, version: string | null) => ({
    reference: document.reference,
    version,
    fields: postingFields(document),
    token: SECRET,
  });
  /** The files that the record lacks, at hand before anything is written. */
  const filesFor = (document: PostingDocument, have: PostingFields) =>
    Promise.all(
      (document.kind === 'supplier-invoice' ? document.attachments : [])
        .filter(({ id }) => have[`attachments.${id}`] === undefined)
        .map(async ({ id, name }) => {
          const sha256 = sha256Hex(await attachmentContent(document.billId, id));
          return { id, name, sha256 };
        }),
    );
  /** The second half of a write: each file is a request of its own. */
  const completed = async (
    call: Call,
    document: PostingDocument,
    record: RemotePosting,
    files: readonly RemoteFile[],
  ): Promise<RemotePosting> => {
    const leaving = { kind: 'attach', document } as const;
    let latest = record;
    try {
      for (const file of files) {
        const body = { ...file, record: record.remoteId };
        latest = await request(call, 'POST', `/${record.remoteId}/files`, body, leaving, () =>
          target.attach(record.remoteId, file),
        );
      }
    } catch (error) {
      throw halfDone(error, record.remoteId);
    }
    return latest;
  };
  const paid = (document: PostingDocument): string | null => {
    if (document.kind === 'supplier-invoice') return null;
    if (document.invoiceRemoteId === null) throw new SyncFailure('invoice-missing');
    return document.invoiceRemoteId;
  };
  return {
    check: (call) => request(call, 'GET', '/', null, null, () => {}),
    fields: postingFields,
    async ensureSupplier(call, _supplier, key) {
      const found = await request(call, 'GET', `/suppliers/${key}`, null, null, () =>
        target.findSupplier(key),
      );
      if (found !== null) return found;
      const leaving = { kind: 'supplier', document: null } as const;
      return request(call, 'POST', '/suppliers', { key, token: SECRET }, leaving, () =>
        target.makeSupplier(key),
      );
    },
    find: (call, { reference }) =>
      request(call, 'GET', `/?reference=${reference}`, null, null, () => target.find(reference)),
    read: (call, id) => request(call, 'GET', `/${id}`, null, null, () => target.read(id)),
    ...(findsMany && {
      findMany: (call: Call, documents: readonly PostingDocument[]) =>
        request(call, 'GET', '/?references=', null, null, () =>
          target.findMany(documents.map(({ reference }) => reference)),
        ),
    }),
    ...(lists && {
      list: (call: Call, period: { from: string; to: string }, after: string | null) =>
        request(call, 'GET', `/?after=${after}`, null, null, () => target.list(period, after)),
    }),
    findByNumber: (call, document) =>
      request(call, 'GET', `/?number=${document.number}`, null, null, () =>
        target.findByNumber(postingFields(document)),
      ),
    async create(call, document, { idempotencyKey }) {
      const { kind, reference } = document;
      const made = { kind, reference, pays: paid(document), fields: postingFields(document) };
      const leaving = { kind: 'create', document } as const;
      const files = await filesFor(document, {});
      const body = bodyOf(document, null);
      const record = await request(call, 'POST', `/${kind}`, body, leaving, (sent) => {
        const created = target.create(made, idempotencyKey);
        line.checks.changed(sent!, created.remoteId, created.fields);
        return created;
      });
      return completed(call, document, record, files);
    },
    async update(call, there: RemotePosting, document) {
      const leaving = { kind: 'update', document } as const;
      const body = bodyOf(document, there.version);
      const files = await filesFor(document, there.fields);
      const record = await request(call, 'PUT', `/${there.remoteId}`, body, leaving, (sent) => {
        const updated = target.update(there.remoteId, there.version, postingFields(document));
        line.checks.changed(sent!, there.remoteId, updated.fields);
        return updated;
      });
      return completed(call, document, record, files);
    },
    remove(call, there, document) {
      const leaving = { kind: 'remove', document } as const;
      const body = { version: there.version, token: SECRET };
      return request(call, 'DELETE', `/${there.remoteId}`, body, leaving, (sent) => {
        target.remove(there.remoteId, there.version);
        line.checks.removed(sent!, there.remoteId);
      });
    },
    close: async () => {},
  };
}
