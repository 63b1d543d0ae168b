/** E-invoices on their way in: three at a time, each with its own result; one that fails stops none. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { client, newKey, queryClient } from '../api.ts';
import { keys } from '../queries.ts';

export type ImportState = 'waiting' | 'sending' | 'added' | 'duplicate' | 'failed';

export interface ImportedFile {
  readonly id: string;
  readonly name: string;
  readonly state: ImportState;
  readonly billId?: string;
  readonly billName?: string;
  readonly error?: unknown;
}

export interface Imports {
  readonly files: readonly ImportedFile[];
  readonly add: (files: readonly File[]) => void;
  readonly clear: () => void;
}

const AT_ONCE = 3;

export function useImports(companyId: string): Imports {
  const [files, setFiles] = useState<readonly ImportedFile[]>([]);
  const waiting = useRef<{ id: string; file: File }[]>([]);
  const busy = useRef(0);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const note = useCallback((id: string, change: Partial<ImportedFile>) => {
    if (!alive.current) return;
    setFiles((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }, []);

  const work = useCallback(async () => {
    if (busy.current >= AT_ONCE) return;
    busy.current += 1;
    for (let next = waiting.current.shift(); next; next = waiting.current.shift()) {
      note(next.id, { state: 'sending' });
      note(next.id, await sendFile(companyId, next.file, next.id));
    }
    busy.current -= 1;
    if (busy.current === 0) {
      await queryClient.invalidateQueries({ queryKey: keys.bills(companyId) });
      await queryClient.invalidateQueries({ queryKey: keys.overview(companyId) });
    }
  }, [companyId, note]);

  const add = useCallback(
    (chosen: readonly File[]) => {
      const named = chosen.map((file) => ({ id: newKey(), file }));
      setFiles((all) => [
        ...all,
        ...named.map(({ id, file }) => ({ id, name: file.name, state: 'waiting' as const })),
      ]);
      waiting.current.push(...named);
      for (let worker = 0; worker < AT_ONCE; worker++) void work();
    },
    [work],
  );
  return { files, add, clear: useCallback(() => setFiles([]), []) };
}

async function sendFile(
  companyId: string,
  file: File,
  idempotencyKey: string,
): Promise<Partial<ImportedFile>> {
  try {
    const body = new Uint8Array(await file.arrayBuffer());
    const { bill, duplicateOf } = await client.importBill({
      params: { companyId },
      body,
      idempotencyKey,
    });
    return {
      state: duplicateOf ? 'duplicate' : 'added',
      billId: bill.id,
      billName: `${bill.supplier.name} ${bill.number}`,
    };
  } catch (error) {
    return { state: 'failed', error };
  }
}
