/** *Detaljer*: what can be changed on a bill, saved with one button, and what belongs to it. */
import { useBill } from './bill-context.ts';
import { DetailsForm } from './details-form.tsx';
import { Attachments, Origin, PaymentMeans } from './bill-papers.tsx';
import { Payments } from './payments.tsx';

export function DetailsTab() {
  const bill = useBill();
  return (
    <div className="details">
      <DetailsForm key={bill.id} />
      <aside className="stack">
        <Payments />
        <Attachments />
        <PaymentMeans />
        <Origin />
      </aside>
    </div>
  );
}
