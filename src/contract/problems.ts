/** What an endpoint can refuse, as a closed list of stable codes (RFC 9457 problem+json). */
import { z } from 'zod';

export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not as it should be' },
  'host-refused': { status: 403, title: 'This host name is not served here' },
  'origin-refused': { status: 403, title: 'Requests from this site are refused' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'bill-changed': { status: 409, title: 'Somebody changed the bill in the meantime' },
  'bill-cancelled': { status: 409, title: 'The bill is cancelled' },
  'bill-number-taken': { status: 409, title: 'Another bill has this supplier and number' },
  'bill-is-duplicate': { status: 409, title: 'The bill is a duplicate and is not synced' },
  'already-so': { status: 409, title: 'It is so already' },
  'payment-not-offered': {
    status: 409,
    title: 'The bill has no payment and is not marked as paid',
  },
  'payment-booked': {
    status: 409,
    title: 'A payment of the invoice is in the accounting system',
  },
  'posting-off': { status: 409, title: 'The rules of the integration leave this posting out' },
  'deleted-in-target': {
    status: 409,
    title: 'The posting was deleted in the accounting system',
  },
  'nothing-to-decide': {
    status: 409,
    title: 'The posting does not wait for this decision',
  },
  'books-taken': { status: 409, title: 'Another integration syncs to these books' },
  'secret-wanted': { status: 409, title: 'The kept secret is not sent to another address' },
  'connection-off': { status: 409, title: 'The integration is turned off' },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used for another request',
  },
  'attempt-archived': { status: 410, title: 'The attempt left the log with its month' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'This kind of content is not taken here' },
  'invoice-unreadable': { status: 422, title: 'The e-invoice cannot be read' },
  'settings-invalid': { status: 422, title: 'The settings are not as the connector needs them' },
  internal: { status: 500, title: 'Spor made a mistake' },
  unavailable: { status: 503, title: 'Spor cannot reach its database right now' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const problem = z.looseObject({
  type: z.string().describe('`https://spor.dev/problems/{code}`'),
  code: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong here, and what to do next.'),
  /** Where: a field's path, a place in a file. */
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});
export type ProblemShape = z.infer<typeof problem>;
