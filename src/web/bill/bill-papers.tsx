/** What belongs to a bill beside its fields: its files, how it wants to be paid, where it came from. */
import { requestPath } from '../../client/client.ts';
import { endpoints } from '../../contract/endpoints.ts';
import { useLocale } from '../reader/preferences.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { Instant } from '../ui/moment.tsx';
import { useBill } from './bill-context.ts';

export function Attachments() {
  const t = useWords();
  const locale = useLocale();
  const bill = useBill();
  if (bill.attachments.length === 0) return null;
  const kilobytes = (byteLength: number) =>
    Math.max(1, Math.round(byteLength / 1024)).toLocaleString(locale);
  return (
    <section className="card">
      <header>
        <h2>{t('bill.attachments')}</h2>
      </header>
      <ul className="papers">
        {bill.attachments.map((file) => (
          <li key={file.id}>
            <a
              href={requestPath(endpoints.getAttachment, {
                params: { companyId: bill.companyId, billId: bill.id, attachmentId: file.id },
              })}
              target="_blank"
              rel="noreferrer"
            >
              <Icon name="file" /> {file.name}
            </a>
            <span className="quiet small">{kilobytes(file.byteLength)} kB</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PaymentMeans() {
  const t = useWords();
  const bill = useBill();
  if (bill.paymentMeans.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{t('bill.paymentMeans')}</h2>
      </header>
      <div className="body stack">
        {bill.paymentMeans.map((means, index) => (
          <dl className="facts" key={`${means.code} ${means.account ?? ''} ${index}`}>
            <dt>{t('means.kind')}</dt>
            <dd>{t(`means.${means.kind}`)}</dd>
            {means.account && <dt>{t('means.account')}</dt>}
            {means.account && (
              <dd className="mono">
                {means.bank && means.kind === 'bank-account' ? `${means.bank} ` : ''}
                {means.kind === 'iban' ? inFours(means.account) : means.account}
              </dd>
            )}
            {means.bank && means.kind !== 'bank-account' && <dt>{t('means.bank')}</dt>}
            {means.bank && means.kind !== 'bank-account' && <dd className="mono">{means.bank}</dd>}
            {means.reference && <dt>{t('means.reference')}</dt>}
            {means.reference && (
              <dd className="mono">
                {means.cardType && `+${means.cardType}<`}
                {means.reference}
              </dd>
            )}
          </dl>
        ))}
      </div>
    </section>
  );
}

/** As an IBAN is printed: groups of four. */
function inFours(iban: string): string {
  return iban.replaceAll(/\s/g, '').replaceAll(/(.{4})(?=.)/g, '$1 ');
}

export function Origin() {
  const t = useWords();
  const bill = useBill();
  const { supplier } = bill;
  const isDanish = (supplier.country ?? 'DK') === 'DK';
  const facts: [string, string | undefined][] = [
    [t('field.vatNumber'), supplier.vatNumber],
    [isDanish ? t('field.companyNumber') : t('field.companyNumberAbroad'), supplier.companyNumber],
    [t('field.gln'), supplier.gln],
    [t('field.orderReference'), bill.orderReference],
    [t('field.costCentre'), bill.costCentre],
    [t('field.buyerReference'), bill.buyerReference],
    [t('field.correctsNumber'), bill.correctsNumber],
  ];
  return (
    <section className="card">
      <header>
        <h2>{t('bill.origin')}</h2>
      </header>
      <dl className="facts body">
        {facts.map(([name, value]) =>
          value ? (
            <div className="fact" key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
        <dt>{t('bill.addedAt')}</dt>
        <dd>
          <Instant at={bill.addedAt} />
        </dd>
      </dl>
    </section>
  );
}
