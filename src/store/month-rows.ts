/** Reads a month of one of the log's tables as JSON text, a page at a time, in the order of its key. */
import { type LOG_TABLES, partitionOf } from './partitions.ts';
import type { Queryable } from './pool.ts';

/** So few that a page fits in memory, were every exchange as large as one may be. */
const PAGE = 250;
const LOWEST = '00000000-0000-0000-0000-000000000000';

export async function* readMonthRows(
  db: Queryable,
  table: (typeof LOG_TABLES)[number],
  month: string,
): AsyncGenerator<string[]> {
  const number = table === 'attempt_writes' ? 'number::int' : '0::int';
  let after: [string, string, number] = [LOWEST, LOWEST, -1];
  for (;;) {
    const { rows } = await db.query<{ text: string; place: [string, string, number] }>(
      `select row_to_json(t)::text as text, json_build_array(company_id, attempt_id, ${number}) as place
       from ${partitionOf(table, month)} t
       where (company_id, attempt_id, ${number}) > ($1::uuid, $2::uuid, $3::int)
       order by company_id, attempt_id, ${number}
       limit ${PAGE}`,
      after,
    );
    if (rows.length > 0) yield rows.map(({ text }) => text);
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.place;
  }
}
