import { beforeAll, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { inOneDatabase, pool } from '../../test/support/one-database.ts';
import { LOG_COLUMNS } from './attempt-rows.ts';
import {
  arrayOf,
  binary,
  bool,
  type Columns,
  float8,
  int2,
  int4,
  int8,
  json,
  jsonb,
  rowOf,
  text,
  textArray,
  timestamptz,
  uuid,
  uuidArray,
} from './binary-values.ts';

inOneDatabase();

const COLUMNS = {
  yes: bool,
  small: int2,
  whole: int4,
  large: int8,
  broken: float8,
  said: text,
  id: uuid,
  at: timestamptz,
  kept: json,
  known: jsonb,
  names: textArray,
  ids: uuidArray,
} satisfies Columns;
const ROWS = arrayOf(rowOf(COLUMNS));
type Row = Parameters<(typeof ROWS)['write']>[1][number] & object;

beforeAll(async () => {
  await pool.query(
    `create type probe as (
       yes boolean, small smallint, whole integer, large bigint, broken double precision, said text, id uuid,
       at timestamptz, kept json, known jsonb, names text[], ids uuid[]
     )`,
  );
});

async function thereAndBack(rows: readonly (Row | null)[]): Promise<Row[]> {
  const answer = await pool.query<Row>(
    `select yes, small, whole, large, broken, said, id, (extract(epoch from at) * 1000)::numeric::text as at,
       kept::text, known::text, names, ids
     from unnest($1::probe[]) with ordinality
     order by ordinality`,
    [binary(ROWS, rows)],
  );
  return answer.rows.map((row) => ({ ...row, at: row.at && new Date(Number(row.at)) }));
}

const NOTHING = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null])) as Row;

test('No rows, a row of nothing, and no row', async () => {
  expect(await thereAndBack([])).toEqual([]);
  expect(await thereAndBack([NOTHING, null])).toEqual([NOTHING, NOTHING]);
});

test('Empty is not nothing', async () => {
  const empty = { ...NOTHING, said: '', names: [], ids: [], known: '{}', kept: '""' };
  expect(await thereAndBack([empty])).toEqual([empty]);
});

test('What is long, and what is far away', async () => {
  const rows = [
    { ...NOTHING, said: 'æ€😀'.repeat(100_000), kept: ` {"b": 1,  "a":1e2, "a": "\\u0000"} ` },
    { ...NOTHING, said: 'x', at: new Date('-004712-01-01T00:00:00.001Z') },
    { ...NOTHING, at: new Date(8.64e15), large: Number.MIN_SAFE_INTEGER, broken: -0.1 },
    { ...NOTHING, at: new Date('1969-12-31T23:59:59.999Z'), broken: Number.MAX_VALUE },
  ];
  expect(await thereAndBack(rows)).toEqual(rows);
});

test('Any rows arrive as they were', async () => {
  const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
  const said = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  const whole = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  const row: fc.Arbitrary<Row> = fc.record({
    yes: nullable(fc.boolean()),
    small: nullable(whole(16)),
    whole: nullable(whole(32)),
    large: nullable(fc.maxSafeInteger()),
    broken: nullable(fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one || 0)),
    said: nullable(said),
    id: nullable(fc.uuid()),
    at: nullable(fc.date({ min: new Date('-004000-01-01'), noInvalidDate: true })),
    kept: nullable(fc.json()),
    known: fc.constant(null),
    names: nullable(fc.array(nullable(said))),
    ids: nullable(fc.array(nullable(fc.uuid()))),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (rows) => {
      expect(await thereAndBack(rows)).toEqual(rows);
    }),
    { numRuns: 50 },
  );
});

test('A character that can not be kept is refused, not exchanged for another', async () => {
  await expect(thereAndBack([{ ...NOTHING, said: 'a\0b' }])).rejects.toThrow('0x00');
  await expect(thereAndBack([{ ...NOTHING, said: 'a\ud800b' }])).rejects.toThrow(
    'half a character',
  );
});

test('The columns of the log are those of its types in the database, in their order', async () => {
  const { rows } = await pool.query<{ type: string; columns: string[] }>(
    `select c.relname as type,
       array_agg(a.attname || ' ' || a.atttypid::oid::text order by a.attnum) as columns
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relkind = 'c' and c.relname like 'log\\_%'
     group by 1`,
  );
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const ours = Object.entries(LOG_COLUMNS).map(([type, columns]) => [
    type,
    Object.entries(columns).map(([name, { number }]) => `${snake(name)} ${number}`),
  ]);
  expect(Object.fromEntries(rows.map(({ type, columns }) => [type, columns]))).toEqual(
    Object.fromEntries(ours),
  );
});
