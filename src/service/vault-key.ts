/**
 * The key that seals connections' secrets: `SPOR_SECRET_KEY` (32 bytes, base64), else a file in the
 * data folder that only its owner may read, made at the first start.
 */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../store/start-error.ts';

const LENGTH = 32;

export async function vaultKey(
  dataDirectory: string,
  given: string | undefined,
): Promise<Uint8Array> {
  if (given) return decoded(given, 'SPOR_SECRET_KEY');
  const file = join(dataDirectory, 'secret.key');
  try {
    await writeFile(file, `${randomBytes(LENGTH).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return decoded(await readFile(file, 'utf8'), file);
}

function decoded(text: string, source: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.byteLength !== LENGTH)
    throw new StartError(`${source} does not hold a key of ${LENGTH} bytes in base64.`);
  return key;
}
