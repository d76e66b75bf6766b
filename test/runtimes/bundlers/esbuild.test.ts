// esbuild. It does not follow `new Worker(new URL(…))`: workers are entries, and so is the package's own, under its name.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, version } from 'esbuild'
import { bundlerTest } from '../lib/in_bundle.ts'

bundlerTest(`esbuild ${version}`, async (folder) => {
  await build({
    absWorkingDir: folder,
    entryPoints: { page: 'bundled/page.js', worker: 'bundled/worker.js', thread: 'ganglion/thread.js' },
    outdir: 'out', bundle: true, splitting: true, format: 'esm', target: 'es2022', minify: true, logLevel: 'silent',
  })
  copyFileSync(join(folder, 'bundled/index.html'), join(folder, 'out/index.html'))
})
