/**
 * What tests of the store begin with: one database for the file. `inOneDatabase()` says that a file wants it; then
 * `pool` leads to that one.
 */
import { afterAll, beforeAll } from 'vitest';
import type { Pool } from '../../src/store/pool.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export let pool: Pool;

export function inOneDatabase(): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    ({ pool } = database);
  });
  afterAll(() => database.drop());
}
