import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JournalFiles } from './journal-files.ts';

it('A file is read though another one that was read before it had its number', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-files-'));
  const at = (name: string) => join(folder, name);
  try {
    writeFileSync(at('main.journal'), 'include first.journal\n');
    writeFileSync(at('first.journal'), 'include pipe.journal\n');
    execFileSync('mkfifo', [at('pipe.journal')]);
    const looking = new JournalFiles().load(at('main.journal'));
    // The pipe holds the one who looks, after the first file and before the second.
    const held = await open(at('pipe.journal'), 'w');
    renameSync(at('first.journal'), at('second.journal'));
    writeFileSync(at('second.journal'), '; posteringer\n');
    writeFileSync(at('first.journal'), 'include pipe.journal\n');
    renameSync(at('pipe.journal'), at('pipe'));
    writeFileSync(at('pipe.journal'), 'include second.journal\n');
    await held.writeFile('include second.journal\n');
    await held.close();
    expect((await looking).file(at('second.journal'))).toBeDefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
