// One file at a time: a speed is measured beside nothing else, and browsers take all the cores there are.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    // What takes long runs when asked for: `npm run test:runtimes:slow`.
    exclude: ['**/node_modules/**', ...(process.env['GANGLION_SLOW'] ? [] : ['slow/**'])],
    globalSetup: './setup.ts',
    testTimeout: 900_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
