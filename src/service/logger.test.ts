import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const LOGGER = fileURLToPath(new URL('./logger.ts', import.meta.url));

// It used to end the whole service; and to keep it from ending, when it was told to.
test('A log on a disk that is full is told of once, and whoever writes it goes on', async () => {
  const script = `
    const { openLogger } = await import(${JSON.stringify(LOGGER)});
    // Linux's own: every write to it finds no room.
    const logger = openLogger('/dev', 'info', 'full');
    for (let line = 0; line < 5; line += 1) {
      logger.info('said');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.stdout.write('still here');`;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe('still here');
  expect(stderr.match(/full can't be written: Error: ENOSPC/g)).toHaveLength(1);
});
