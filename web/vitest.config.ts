// One file at a time: each starts a browser, which takes all the cores there are.
import { defineConfig } from 'vitest/config'
import { models } from './plugins/models.ts'

export default defineConfig({
  plugins: [models()],
  test: {
    // `npm run shots` makes pictures instead, `npm run slow` measures.
    include: process.env['SHOTS'] ? ['test/shots.ts'] : process.env['SLOW'] ? ['test/slow.ts'] : ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    pool: 'forks',
  },
})
