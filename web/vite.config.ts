// The build of the page: static files for any host, under any path. What is only known to the package's public entries is asked
// of them here (plugins/models.ts), and the policy is written into the page (plugins/policy.ts).
import { defineConfig } from 'vite'
import { guide } from './plugins/guide/index.ts'
import { models } from './plugins/models.ts'
import { software } from './plugins/software.ts'
import { offline } from './plugins/offline.ts'
import { policy } from './plugins/policy.ts'

export default defineConfig({
  base: './',
  plugins: [models(), software(), policy(), guide(), offline()],
  // The package is a link to the folder above.
  server: { fs: { allow: ['..'] } },
  worker: {
    format: 'es',
    // What a worker's file shares with what it loads later is a file of its own: WebKitGTK runs a worker's first file once more
    // where another one imports it, and then there are two trainers in the worker, one of them without a model.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /[\\/]chunk-[A-Z0-9]+\.js$/ }] } } },
  },
  build: {
    target: 'es2022',
    rolldownOptions: { input: { index: 'index.html', cell: 'cell.html', guide: 'src/guide/main.tsx' } },
    // Binaryen, which is loaded when something is exported.
    chunkSizeWarningLimit: 20_000,
    // Data addresses are no part of the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
