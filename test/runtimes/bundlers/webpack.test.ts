// webpack 5, as it comes.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import webpack from 'webpack'
import { bundlerTest } from '../lib/in_bundle.ts'

bundlerTest(`webpack ${webpack.version}`, async (folder) => {
  const compiler = webpack({
    mode: 'production', context: folder, entry: './bundled/page.js',
    output: { path: join(folder, 'out'), filename: 'page.js' },
  })
  const stats = await promisify(compiler.run.bind(compiler))()
  await promisify(compiler.close.bind(compiler))()
  if (stats!.hasErrors()) throw new Error(stats!.toString({ all: false, errors: true }))
  copyFileSync(join(folder, 'bundled/index.html'), join(folder, 'out/index.html'))
})
