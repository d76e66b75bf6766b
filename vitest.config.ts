import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have their own packages and their own configuration: `npm run test:runtimes`; Debian's Python: `npm run test:tools`.
    exclude: [
      ...configDefaults.exclude, 'test/runtimes/**', ...(process.env['GANGLION_TOOLS'] ? [] : ['test/tools/**']),
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
  },
})
