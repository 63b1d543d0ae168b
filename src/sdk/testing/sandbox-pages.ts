/** Pages of the sandbox system for people: a list, and one page per record, where a posting's link leads. */
import type { SandboxBooks } from './sandbox-books.ts';
import type { SandboxInvoice, SandboxPayment } from './sandbox-records.ts';

const LIST_AT_MOST = 200;

/** Null when there is no such page. */
export function pageAt(books: SandboxBooks, path: string): { status: number; html: string } | null {
  const [, shelf = '', id = ''] = path.split('/');
  if (shelf === '') return { status: 200, html: page('Sandbox', list(books)) };
  if (id === '' || (shelf !== 'supplier-invoices' && shelf !== 'supplier-payments')) return null;
  const record = shelf === 'supplier-invoices' ? books.invoices.get(id) : books.payments.get(id);
  if (!record) return { status: 404, html: page(id, '<p>There is no such record.</p>') };
  return {
    status: 200,
    html: page(id, 'lines' in record ? invoice(books, record) : payment(record)),
  };
}

function list(books: SandboxBooks): string {
  const rows = [
    ...[...books.invoices.all()].slice(-LIST_AT_MOST).map((item) => {
      const supplier = books.suppliers.get(item.supplierId)?.name ?? '?';
      return row(`supplier-invoices/${item.id}`, item.id, [
        supplier,
        item.number,
        item.issuedOn,
        `${item.total} ${item.currency}`,
      ]);
    }),
    ...[...books.payments.all()]
      .slice(-LIST_AT_MOST)
      .map((item) =>
        row(`supplier-payments/${item.id}`, item.id, [
          `pays ${item.invoiceId}`,
          '',
          item.paidOn,
          `${item.amount} ${item.currency}`,
        ]),
      ),
  ];
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : '<p>The books are empty.</p>';
}

function row(href: string, id: string, cells: string[]): string {
  const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
  return `<tr><td><a href="/${escaped(href)}">${escaped(id)}</a></td>${rest}</tr>`;
}

function invoice(books: SandboxBooks, item: SandboxInvoice): string {
  const supplier = books.suppliers.get(item.supplierId);
  const lines = item.lines.map(
    (line) =>
      `<tr><td>${escaped(line.account)}</td><td>${escaped(line.description)}</td>` +
      `<td>${escaped(line.net)}</td><td>${escaped(line.vat)}</td>` +
      `<td>${escaped(line.vatCode ?? '')}</td></tr>`,
  );
  return (
    facts([
      ['Type', item.type],
      ['Supplier', supplier?.name ?? item.supplierId],
      ['Number', item.number],
      ['Issued on', item.issuedOn],
      ['Due on', item.dueOn ?? ''],
      ['Total', `${item.total} ${item.currency}`],
      ['Memo', item.memo],
      ['Attachments', item.attachments.map((attachment) => attachment.name).join(', ')],
      ['Reference', item.externalReference],
      ['Version', String(item.version)],
      ['Closed', item.closed ? 'yes' : 'no'],
    ]) +
    `<table><tr><th>Account</th><th>Description</th><th>Net</th><th>VAT</th><th>Code</th></tr>` +
    `${lines.join('')}</table>`
  );
}

function payment(item: SandboxPayment): string {
  return facts([
    ['Pays', item.invoiceId],
    ['Paid on', item.paidOn],
    ['Amount', `${item.amount} ${item.currency}`],
    ['From account', item.account],
    ['Reference', item.externalReference],
    ['Version', String(item.version)],
  ]);
}

function facts(rows: [string, string][]): string {
  const cells = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`);
  return `<dl>${cells.join('')}</dl>`;
}

function page(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:52rem;padding:0 1rem}` +
    `td,th{padding:.2rem .8rem .2rem 0;text-align:start}` +
    `dl{display:grid;grid-template-columns:9rem 1fr}dd{margin:0}</style>` +
    `<p><a href="/">Sandbox accounting system</a></p><h1>${escaped(title)}</h1>${body}</html>`
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
