/** *Integrationer*: how the bill stands in one accounting system, and everything that was tried. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConnectionShape } from '../../contract/sync-shapes.ts';
import { useBill } from '../bill/bill-context.ts';
import { connectionsQuery, postingsQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { ConnectionChoice } from './connection-choice.tsx';
import { Log } from './log.tsx';
import { PauseBanner } from './pause-banner.tsx';
import { PostingLine } from './posting-line.tsx';
import { ResyncDialog } from './resync-dialog.tsx';
import { useResync } from './use-resync.ts';

const route = getRouteApi('/c/$companyId/bills/$billId/integrations');

export function IntegrationsTab() {
  const { companyId } = useBill();
  const search = route.useSearch();
  const query = useQuery(connectionsQuery(companyId));
  return (
    <Loaded query={query} lines={6}>
      {({ items }) => {
        const chosen = items.find(({ id }) => id === search.connection) ?? items[0];
        if (!chosen) return <NoConnection companyId={companyId} />;
        return <OneIntegration key={chosen.id} connections={items} connection={chosen} />;
      }}
    </Loaded>
  );
}

function OneIntegration({
  connections,
  connection,
}: {
  connections: readonly ConnectionShape[];
  connection: ConnectionShape;
}) {
  const t = useWords();
  const bill = useBill();
  const [open, setOpen] = useState(false);
  const postings = useQuery(postingsQuery(bill.companyId, bill.id));
  const own = postings.data?.items.filter((one) => one.connectionId === connection.id) ?? [];
  const resync = useResync(bill, connection, () => setOpen(false));
  const reason = bill.duplicateOf
    ? t('resync.duplicate')
    : connection.enabled
      ? null
      : t('resync.connectionOff');
  return (
    <div className="stack">
      <div className="integration-head">
        <ConnectionChoice
          connections={connections}
          chosen={connection}
          companyId={bill.companyId}
          billId={bill.id}
        />
        <Button
          look={reason ? undefined : 'primary'}
          icon="retry"
          reason={reason}
          onClick={() => setOpen(true)}
        >
          {t('resync.open')}
        </Button>
      </div>
      <PauseBanner companyId={bill.companyId} connection={connection} />
      <section className="card" aria-label={t('log.standing')}>
        <Loaded query={postings} lines={2}>
          {() =>
            own.length === 0 ? (
              <p className="body quiet">{t('log.noPostings')}</p>
            ) : (
              <ul className="postings">
                {own.map((posting) => (
                  <PostingLine
                    key={posting.id}
                    bill={bill}
                    posting={posting}
                    connection={connection}
                    resync={reason ? null : resync}
                  />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <Log bill={bill} connection={connection} wished={resync.wished} onAttempts={resync.watch} />
      {open && (
        <ResyncDialog bill={bill} postings={own} resync={resync} onClose={() => setOpen(false)} />
      )}
    </div>
  );
}

function NoConnection({ companyId }: { companyId: string }) {
  const t = useWords();
  return (
    <section className="card">
      <Empty icon="plug" title={t('log.noConnection')}>
        <p>{t('log.noConnectionHelp')}</p>
        <Link className="button primary" to="/c/$companyId/connections/new" params={{ companyId }}>
          {t('connection.add')}
        </Link>
      </Empty>
    </section>
  );
}
