/**
 * Files on an invoice (`ir.attachment`): ours carry a mark with our id and the content's hash, so that
 * one that changed is replaced; what people attach is theirs and left alone.
 */
import { z } from 'zod';
import type { SupplierInvoiceDocument } from '../../core/posting.ts';
import type { Call } from '../../sdk/connector.ts';
import { normal } from './invoice-fields.ts';
import { fileMark, readFileMark } from './marks.ts';
import type { Progress } from './progress.ts';
import type { Rpc } from './rpc.ts';
import { bytes, text } from './values.ts';

export interface KeptFile {
  readonly rowId: number;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
}

export interface FilesToWrite {
  readonly missing: readonly { name: string; mark: string; content: Uint8Array }[];
  readonly unwanted: readonly number[];
}

const rows = z.array(
  z.object({ id: z.int(), name: text, description: text, resource: z.string() }),
);
const resource = (invoiceId: number) => `account.invoice,${invoiceId}`;

export async function filesOf(rpc: Rpc, call: Call, invoiceId: number): Promise<KeptFile[]> {
  return (await filesOfMany(rpc, call, [invoiceId])).get(invoiceId) ?? [];
}

export async function filesOfMany(
  rpc: Rpc,
  call: Call,
  invoiceIds: readonly number[],
): Promise<Map<number, KeptFile[]>> {
  const domain = [
    ['resource', 'in', invoiceIds.map(resource)],
    ['description', 'like', 'Spor %'],
  ];
  const found = await rpc.read(
    call,
    'ir.attachment.search_read',
    [domain, 0, null, [['id', 'ASC']], ['name', 'description', 'resource']],
    rows,
  );
  const files = new Map<number, KeptFile[]>(invoiceIds.map((id) => [id, []]));
  for (const row of found) {
    const mark = readFileMark(row.description);
    const invoiceId = Number(row.resource.split(',')[1]);
    if (mark) files.get(invoiceId)?.push({ rowId: row.id, name: row.name, ...mark });
  }
  return files;
}

/** Reads the contents that are missing over there, before anything is written. */
export async function filesToWrite(
  document: SupplierInvoiceDocument,
  there: readonly KeptFile[],
  contentOf: (billId: string, attachmentId: string) => Promise<Uint8Array>,
): Promise<FilesToWrite> {
  const wanted = normal(document).attachments;
  const isSame = (file: (typeof wanted)[number], kept: KeptFile) =>
    kept.id === file.id && kept.name === file.name && kept.sha256 === file.sha256;
  const missing = wanted.filter((file) => !there.some((kept) => isSame(file, kept)));
  const unwanted = there.filter((kept) => !wanted.some((file) => isSame(file, kept)));
  return {
    missing: await Promise.all(
      missing.map(async ({ id, name, sha256 }) => ({
        name,
        mark: fileMark(id, sha256),
        content: await contentOf(document.billId, id),
      })),
    ),
    unwanted: unwanted.map((kept) => kept.rowId),
  };
}

export async function writeFiles(
  rpc: Rpc,
  call: Call,
  progress: Progress,
  invoiceId: number,
  { missing, unwanted }: FilesToWrite,
): Promise<void> {
  for (const { name, mark, content } of missing) {
    const values = {
      resource: resource(invoiceId),
      type: 'data',
      name,
      description: mark,
      data: bytes(content),
    };
    await progress.write(() =>
      rpc.write(call, 'ir.attachment.create', [[values]], z.array(z.int())),
    );
  }
  await removeFiles(rpc, call, progress, unwanted);
}

export async function removeFiles(
  rpc: Rpc,
  call: Call,
  progress: Progress,
  rowIds: readonly number[],
): Promise<void> {
  if (rowIds.length === 0) return;
  await progress.write(() => rpc.write(call, 'ir.attachment.delete', [rowIds], z.unknown()));
}
