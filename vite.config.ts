/**
 * How the web is built: `src/web` → `dist/web`, as external files only, so that the strict content
 * security policy of the service holds (no inline scripts, styles or data URLs). Tests take nothing
 * from here.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const SERVICE = 'http://127.0.0.1:4780';
/** The service takes changes from its own pages only. */
const PROXY = { target: SERVICE, changeOrigin: true, headers: { origin: SERVICE } };

export default defineConfig(({ mode }) =>
  mode === 'test'
    ? {}
    : {
        root: 'src/web',
        plugins: [react()],
        build: {
          outDir: '../../dist/web',
          emptyOutDir: true,
          assetsInlineLimit: 0,
          target: ['chrome125', 'firefox128', 'safari18'],
          chunkSizeWarningLimit: 1200,
        },
        server: { port: 4790, proxy: { '/v1': PROXY, '/reference': PROXY } },
      },
);
