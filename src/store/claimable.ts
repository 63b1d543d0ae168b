/**
 * What a lane may attempt next: its due postings, each with all an attempt needs. Who holds the lane asks
 * again and again, so it reads no more than it answers.
 */
import type { Bill } from '../core/bill.ts';
import type { PostingFields } from '../core/posting.ts';
import { lostFieldsOf } from './lost-writes.ts';
import { UNDER_WAY } from './open-attempts.ts';
import type { Queryable } from './pool.ts';
import { type Posting, POSTING_COLUMNS } from './postings.ts';
import { WAITS_FOR, type WaitsFor } from './standing-aside.ts';

/** A due posting with what an attempt needs: the bill as it is now, and the invoice a payment pays. */
export interface DuePosting extends Posting {
  readonly bill: Bill;
  readonly invoice: {
    readonly postingId: string;
    readonly remoteId: string | null;
  } | null;
  /** Null: it may go. */
  readonly waitsFor: WaitsFor | null;
  /** A person asked for this very bill, not for many at once: may overwrite. */
  readonly asked: boolean;
  /** A person asked that what was deleted there be made again: of this bill, or of many. */
  readonly askedToRecreate: boolean;
  /** And that what can't be changed any more be credited and made anew. */
  readonly askedToReplace: boolean;
  /** Or that what was booked by hand be linked; null: no. */
  readonly askedToLink: Linkable | null;
  /** When the connection's rules and settings were last changed, as of this very look; off is a change too. */
  readonly connectionChangedAt: Date;
  /** What attempts may have written since it was last in step, whose answers were lost; oldest first. */
  readonly lostFields: readonly PostingFields[] | null;
}

/** What of it: any of its number, or one that is as the bill says, too. */
export type Linkable = 'any' | 'alike';

/** What requests ask for, by the subjects of their lines in the activity log; none of them: a sync, of this bill. */
export function askedBy(
  subjects: readonly (string | null)[],
): Pick<DuePosting, 'asked' | 'askedToRecreate' | 'askedToReplace' | 'askedToLink'> {
  const linkable = subjects.includes('bulk-link') ? 'alike' : null;
  const asked = subjects.some((subject) => !subject?.startsWith('bulk'));
  return {
    asked,
    askedToRecreate: asked || subjects.includes('bulk-recreate'),
    askedToReplace: subjects.includes('replace'),
    askedToLink: subjects.includes('link') ? 'any' : linkable,
  };
}

type Claimed = Omit<DuePosting, 'lostFields' | keyof ReturnType<typeof askedBy>> & {
  readonly subjects: readonly (string | null)[] | null;
};

/** The next due postings of a lane, but for those that were claimed before: manual first, then by when they were due. */
export async function claimable(
  db: Queryable,
  lane: { companyId: string; connectionId: string },
  now: Date,
  limit: number,
  except: readonly string[] = [],
): Promise<DuePosting[]> {
  const { rows } = await db.query<Claimed>({
    // Asked again and again: planned once per connection.
    name: 'claimable',
    text: `select ${POSTING_COLUMNS},
       (select b.document from bills b where b.company_id = p.company_id and b.bill_id = p.bill_id) as "bill",
       case when p.kind = 'supplier-payment' then (
         select jsonb_build_object(
           'postingId', i.posting_id,
           'remoteId', i.remote_id
         )
         from postings i
         where i.company_id = p.company_id and i.bill_id = p.bill_id and i.connection_id = p.connection_id
           and i.kind = 'supplier-invoice'
       ) end as "invoice",
       ${WAITS_FOR} as "waitsFor",
       case when p.request_ids <> '{}' then array(
         select a.subject
         from activity a
         where a.company_id = p.company_id and a.bill_id = p.bill_id and a.activity_id = any (p.request_ids)
       ) end as "subjects",
       (
         select c.changed_at from connections c where c.company_id = $1 and c.connection_id = $2
       ) as "connectionChangedAt"
     from next_due($1, $2, $3, $4, $5) with ordinality as next (company_id, posting_id, place)
     -- one by one: to join all of the company's with each other may seem as cheap
     cross join lateral (
       select * from postings where company_id = next.company_id and posting_id = next.posting_id offset 0
     ) p
     ${UNDER_WAY}
     order by next.place`,
    values: [lane.companyId, lane.connectionId, now, limit, except],
  });
  const doubtful = rows.filter(({ mustLook }) => mustLook);
  const lost = doubtful.length > 0 ? await lostFieldsOf(db, doubtful) : null;
  return rows.map(({ subjects, ...row }) => ({
    ...row,
    ...askedBy(subjects ?? []),
    lostFields: lost?.get(row.id) ?? null,
  }));
}
