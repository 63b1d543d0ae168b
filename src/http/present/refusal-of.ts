/** Why something can not be synced again, as the API says it. */
import type { ResyncRefusal } from '../../core/resync-refusal.ts';
import { Refusal } from '../refusal.ts';

export function refusalOf(refusal: ResyncRefusal): Refusal {
  switch (refusal.code) {
    case 'not-found':
    case 'not-meant':
      return new Refusal('not-found', 'There is no such bill, connection or posting.');
    case 'payment-not-offered':
      return new Refusal('payment-not-offered', 'Add a payment or mark the bill as paid first.');
    case 'bill-is-duplicate':
      return new Refusal(
        'bill-is-duplicate',
        'Say that the bill is no duplicate first, if it is none.',
      );
    case 'bill-cancelled':
      return new Refusal(
        'bill-cancelled',
        'The bill is cancelled, and nothing of it is in the accounting system.',
      );
    case 'payment-booked':
      return new Refusal(
        'payment-booked',
        'Take the payment back first; when the invoice is made anew, add it again.',
      );
    case 'connection-off':
      return new Refusal('connection-off', 'Turn the integration on first.');
    case 'deleted-in-target':
      return new Refusal(
        'deleted-in-target',
        'It was deleted in the accounting system; create it again from the bill, if it should be there.',
      );
    case 'posting-off':
      return new Refusal('posting-off', `The rules leave this posting out: ${refusal.reason}.`);
  }
}
