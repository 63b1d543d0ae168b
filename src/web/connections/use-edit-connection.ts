/** Saves a part of an integration; everything that hangs on it is asked for again. */
import { useMutation } from '@tanstack/react-query';
import type { Input } from '../../client/client.ts';
import type { Endpoints } from '../../contract/endpoints.ts';
import { client, newKey, queryClient } from '../api.ts';
import { connectionQuery, keys } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { showToast } from '../ui/toasts.tsx';

type Edit = Input<Endpoints['editConnection']>['body'];

export function useEditConnection(companyId: string, connectionId: string, onSaved: () => void) {
  const t = useWords();
  const mutation = useMutation({
    mutationFn: ({ body, idempotencyKey }: { body: Edit; idempotencyKey: string }) =>
      client.editConnection({ params: { companyId, connectionId }, body, idempotencyKey }),
    onSuccess: (saved) => {
      queryClient.setQueryData(connectionQuery(companyId, connectionId).queryKey, saved);
      onSaved();
      showToast(t('connection.saved'));
      void queryClient.invalidateQueries({ queryKey: keys.company(companyId) });
    },
  });
  return {
    busy: mutation.isPending,
    error: mutation.error,
    run: (body: Edit) => mutation.mutate({ body, idempotencyKey: newKey() }),
  };
}
