/** Many records by our references, in one request for each kind. */
import { z } from 'zod';
import type { PostingDocument } from '../../core/posting.ts';
import type { ConnectorSession, RemotePosting } from '../../sdk/connector.ts';
import type { HttpSession } from '../../sdk/http-session.ts';
import { PATHS, type RecordAnswer } from './wire.ts';

export function findMany(
  http: HttpSession,
  answerFor: (document: PostingDocument) => z.ZodType<RecordAnswer>,
  remote: (document: PostingDocument, record: RecordAnswer) => RemotePosting,
): NonNullable<ConnectorSession['findMany']> {
  return async (call, documents) => {
    const found = new Map<string, RemotePosting>();
    for (const [kind, ofKind] of Map.groupBy(documents, (document) => document.kind)) {
      const { body } = await http.request(call, {
        method: 'GET',
        path: PATHS[kind],
        query: { externalReferences: ofKind.map(({ reference }) => reference).join(',') },
        write: false,
        answer: z.object({ items: z.array(answerFor(ofKind[0]!)) }),
      });
      for (const document of ofKind) {
        const [record, another] = body.items.filter(
          ({ externalReference }) => externalReference === document.reference,
        );
        if (record && !another) found.set(document.reference, remote(document, record));
      }
    }
    return found;
  };
}
