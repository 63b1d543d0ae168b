/** What was sent, as a bookkeeper reads it: head, lines with accounts and VAT, total. */
import type { AttemptDetailShape, DocumentShape } from '../../contract/sync-shapes.ts';
import { useWords } from '../reader/words.tsx';
import { ScrollX } from '../ui/scroll-x.tsx';
import { Amount } from '../ui/amount.tsx';
import { DayText } from '../ui/moment.tsx';

export function SentDocument({ attempt }: { attempt: AttemptDetailShape }) {
  const t = useWords();
  const { document } = attempt;
  // Nothing left when the accounting system had it all, or when something was wrong before that.
  const sent = attempt.writes.length > 0;
  return (
    <section className="card">
      <header>
        <h2 id="sent-title">{sent ? t('attempt.sent') : t('attempt.toSend')}</h2>
        {!sent && document && <span className="quiet small">{t('attempt.nothingSent')}</span>}
      </header>
      {document === null ? (
        <p className="body quiet">{t('attempt.noDocument')}</p>
      ) : (
        <>
          <Head document={document} />
          {document.lines.length > 0 && <Lines document={document} />}
        </>
      )}
    </section>
  );
}

function Head({ document }: { document: DocumentShape }) {
  const t = useWords();
  return (
    <dl className="facts body two-up">
      <Fact name={t('field.supplier')}>{document.supplierName}</Fact>
      <Fact name={t('field.number')}>
        {document.number} ({t(`kind.${document.billKind}`)})
      </Fact>
      {document.issuedOn && (
        <Fact name={t('field.issuedOn')}>
          <DayText day={document.issuedOn} />
        </Fact>
      )}
      {document.dueOn && (
        <Fact name={t('field.dueOn')}>
          <DayText day={document.dueOn} />
        </Fact>
      )}
      {document.paidOn && (
        <Fact name={t('field.paidOn')}>
          <DayText day={document.paidOn} />
        </Fact>
      )}
      {document.account && <Fact name={t('field.account')}>{document.account}</Fact>}
      <Fact name={document.kind === 'supplier-invoice' ? t('field.total') : t('field.amount')}>
        <Amount amount={document.amount} currency={document.currency} />
      </Fact>
      {document.note && <Fact name={t('field.note')}>{document.note}</Fact>}
      {document.attachments.length > 0 && (
        <Fact name={t('field.attachment')}>{document.attachments.join(', ')}</Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Lines({ document }: { document: DocumentShape }) {
  const t = useWords();
  const { lines, currency } = document;
  const departments = lines.some(({ department }) => department !== null);
  const projects = lines.some(({ project }) => project !== null);
  return (
    <ScrollX label={t('attempt.sent')}>
      <table className="table sent-lines" aria-labelledby="sent-title">
        <thead>
          <tr>
            <th>{t('field.account')}</th>
            <th>{t('field.description')}</th>
            {departments && <th>{t('field.department')}</th>}
            {projects && <th>{t('field.project')}</th>}
            <th>{t('field.vatCode')}</th>
            <th className="number">{t('field.net')}</th>
            <th className="number">{t('field.vat')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td data-label={t('field.account')}>
                <span className="mono">{line.account}</span>
              </td>
              <td data-label={t('field.description')}>{line.description}</td>
              {departments && <td data-label={t('field.department')}>{line.department}</td>}
              {projects && <td data-label={t('field.project')}>{line.project}</td>}
              <td data-label={t('field.vatCode')}>
                <span>
                  {line.vatCode}{' '}
                  <span className="quiet small">
                    {line.vatCategory}
                    {line.vatPercent}
                  </span>
                </span>
              </td>
              <td className="number" data-label={t('field.net')}>
                <Amount amount={line.net} />
              </td>
              <td className="number" data-label={t('field.vat')}>
                <Amount amount={line.vat} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {Number(document.rounding) !== 0 && (
            <tr>
              <th colSpan={3 + Number(departments) + Number(projects)}>{t('field.rounding')}</th>
              <td className="number" colSpan={2}>
                <Amount amount={document.rounding} currency={currency} />
              </td>
            </tr>
          )}
          <tr className="sum">
            <th colSpan={3 + Number(departments) + Number(projects)}>{t('field.total')}</th>
            <td className="number" colSpan={2}>
              <Amount amount={document.amount} currency={currency} />
            </td>
          </tr>
        </tfoot>
      </table>
    </ScrollX>
  );
}
