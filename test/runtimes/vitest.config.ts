// One file at a time: a speed is measured beside nothing else, and browsers take all the cores there are.
import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const { resolve } = createRequire(import.meta.url)
/** What the package's sources load where it is installed: of these tests, in their own folder. */
const jco = '@bytecodealliance/jco-transpile/wasm-tools'

export default defineConfig({
  root: import.meta.dirname,
  resolve: { alias: { [jco]: resolve(jco) } },
  test: {
    include: ['**/*.test.ts'],
    // What takes long runs when asked for: `npm run test:runtimes:slow`.
    exclude: ['**/node_modules/**', ...(process.env['GANGLION_SLOW'] ? [] : ['slow/**'])],
    globalSetup: './setup.ts',
    // WebKitGTK's worker did not answer once in 90 s on a busy machine, and in 2 s when asked again. What is wrong fails twice.
    retry: 1,
    testTimeout: 900_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
