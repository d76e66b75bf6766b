// Rollup, in its build without native binaries, with its plugin that finds packages by name. As for esbuild, workers are
// entries, the package's own among them.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rollup, VERSION } from '@rollup/wasm-node'
import { bundlerTest } from '../lib/in_bundle.ts'

bundlerTest(`Rollup ${VERSION}`, async (folder) => {
  const bundle = await rollup({
    input: {
      page: join(folder, 'bundled/page.js'),
      worker: join(folder, 'bundled/worker.js'),
      thread: join(folder, 'node_modules/ganglion/dist/runtime/thread.js'),
    },
    plugins: [nodeResolve({ rootDir: folder, browser: true })],
  })
  await bundle.write({ dir: join(folder, 'out'), format: 'es' })
  await bundle.close()
  copyFileSync(join(folder, 'bundled/index.html'), join(folder, 'out/index.html'))
})
