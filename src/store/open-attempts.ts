/**
 * Attempts under way, as parts of statements about `p`, a posting. An opening writes a row of its own
 * and leaves the posting as it is (`write_log`); until the attempt ends, what it answers is still written
 * there as wished, and whoever asks what is wished must look here too.
 */

/** `o`: the attempt under way, if there is one. */
export const UNDER_WAY = `left join open_attempts o on o.company_id = p.company_id and o.posting_id = p.posting_id`;

/** With `UNDER_WAY`. */
export const STATE = `case when o.attempt_id is null then p.state else 'syncing' end`;

/** With `UNDER_WAY`: the column as long as no attempt answers the wish it is of. */
export const stillWished = (column: string, otherwise = 'null') =>
  `case when o.wish_number is distinct from p.wish_number then p.${column} else ${otherwise} end`;

/**
 * Looked up by its key, posting by posting. Not `exists`, which may be answered by reading all of the company's
 * open attempts for each posting: the table is mostly found empty when it is analyzed, and every way seems as good.
 */
export const isUnderWay = (posting: string) => `(
  select true from open_attempts o where o.company_id = ${posting}.company_id and o.posting_id = ${posting}.posting_id
) is not null`;
export const NOT_UNDER_WAY = `not (${isUnderWay('p')})`;
