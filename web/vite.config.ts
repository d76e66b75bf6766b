// The build of the page: static files for any host, under any path. What is only known to the package's public entries is asked
// of them here (plugins/models.ts), and the policy is written into the page (plugins/policy.ts).
import { defineConfig } from 'vite'
import { models } from './plugins/models.ts'
import { offline } from './plugins/offline.ts'
import { policy } from './plugins/policy.ts'

export default defineConfig({
  base: './',
  plugins: [models(), policy(), offline()],
  // The package is a link to the folder above.
  server: { fs: { allow: ['..'] } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Binaryen, which is loaded when something is exported.
    chunkSizeWarningLimit: 20_000,
    // Data addresses are no part of the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
