/**
 * The key that seals connections' secrets: `SPOR_SECRET_KEY` (32 bytes, base64), else a file in the
 * data folder that only its owner may read, made at the first start. All processes on one database
 * have the same; a worker with another is refused when it starts, not at each bill. A service is not:
 * whoever has lost the key enters passwords and tokens anew in its pages.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listSealed } from '../store/connections.ts';
import type { Pool } from '../store/pool.ts';
import type { Vault } from '../store/secrets.ts';
import { StartError } from '../store/start-error.ts';

const LENGTH = 32;
const ASKED_AT_MOST = 100;

export async function vaultKey(
  { dataDirectory, makesKey }: { readonly dataDirectory: string; readonly makesKey: boolean },
  given: string | undefined,
): Promise<Uint8Array> {
  if (given) return decoded(given, 'SPOR_SECRET_KEY');
  const file = join(dataDirectory, 'secret.key');
  if (makesKey) await makeKey(file);
  try {
    return decoded(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new StartError(
      `A worker needs the key of the service it works for: set SPOR_SECRET_KEY, or give it the folder that holds secret.key with --data (there is none in ${dataDirectory}).`,
    );
  }
}

export const WRONG_KEY =
  "The secret key is not the one that this database's passwords and tokens were sealed with: give every process on one database the same SPOR_SECRET_KEY, or the same secret.key.";

/** Of the secrets sealed last, can it open any? */
export async function keyFits(pool: Pool, vault: Vault): Promise<boolean> {
  const sealed = await listSealed(pool, ASKED_AT_MOST);
  return sealed.length === 0 || sealed.some((each) => opens(vault, each));
}

function opens(vault: Vault, { id, sealedSecrets }: { id: string; sealedSecrets: string }) {
  try {
    vault.open(id, sealedSecrets);
    return true;
  } catch {
    return false;
  }
}

/** Whole before it has its name: whoever comes at the same moment, or after a crash, never reads half a key. */
async function makeKey(file: string): Promise<void> {
  const whole = `${file}.${randomUUID()}.tmp`;
  try {
    const text = `${randomBytes(LENGTH).toString('base64')}\n`;
    await writeFile(whole, text, { mode: 0o600, flag: 'wx', flush: true });
    await link(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(whole).catch(() => {});
  }
}

function decoded(text: string, source: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.byteLength !== LENGTH)
    throw new StartError(`${source} does not hold a key of ${LENGTH} bytes in base64.`);
  return key;
}
