/** One attempt, opened: for the bookkeeper first, and everything support needs after that. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AttemptDetailShape } from '../../contract/sync-shapes.ts';
import { attemptQuery } from '../queries.ts';
import { useWords } from '../reader/words.tsx';
import { Icon } from '../ui/icon.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { AttemptHead } from './attempt-head.tsx';
import { BillThen } from './bill-then.tsx';
import { ConflictTable, DifferenceTable } from './compare-tables.tsx';
import { Exchanges } from './exchanges.tsx';
import { FailureBlock } from './failure-block.tsx';
import { SentDocument } from './sent-document.tsx';

const route = getRouteApi('/c/$companyId/bills/$billId/integrations/$attemptId');

/** An attempt under way is looked at again, should the live line be down. */
const ASK_AGAIN_MS = 2_000;

export function AttemptPage() {
  const t = useWords();
  const { companyId, billId, attemptId } = route.useParams();
  const query = useQuery({
    ...attemptQuery(companyId, attemptId),
    refetchInterval: ({ state }) =>
      state.data && state.data.closedAt === null ? ASK_AGAIN_MS : false,
  });
  return (
    <>
      <Link
        to="/c/$companyId/bills/$billId/integrations"
        params={{ companyId, billId }}
        search={query.data ? { connection: query.data.connectionId } : {}}
        className="way-back"
      >
        <Icon name="back" />
        {t('log.title')}
      </Link>
      <Loaded query={query} lines={8}>
        {(attempt) => <Attempt attempt={attempt} />}
      </Loaded>
    </>
  );
}

function Attempt({ attempt }: { attempt: AttemptDetailShape }) {
  const t = useWords();
  const currency = attempt.document?.currency ?? attempt.bill.currency;
  return (
    <article className="stack" aria-label={t('attempt.label')}>
      <AttemptHead attempt={attempt} />
      {attempt.failure && <FailureBlock failure={attempt.failure} />}
      {attempt.failure && attempt.failure.conflicts.length > 0 && (
        <ConflictTable
          title={t(
            attempt.failure.code === 'booked-otherwise' ? 'attempt.otherwise' : 'attempt.conflicts',
          )}
          conflicts={attempt.failure.conflicts}
          currency={currency}
        />
      )}
      {attempt.decision && (
        <ConflictTable
          title={t('attempt.conflicts')}
          conflicts={attempt.decision.conflicts}
          currency={currency}
          rule={attempt.decision.rule}
        />
      )}
      <SentDocument attempt={attempt} />
      {attempt.previousAttemptId !== null && (
        <DifferenceTable attempt={attempt} currency={currency} />
      )}
      <BillThen attempt={attempt} />
      <Exchanges attempt={attempt} />
      {attempt.hash !== null && (
        <p className="quiet small hash">
          {t('attempt.hash')} <code>{attempt.hash}</code>
        </p>
      )}
    </article>
  );
}
