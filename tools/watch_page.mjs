// Bundles the page of `ganglion watch` from the parts that it has in common with the playground, and writes it as texts for
// src/cli/watch, so that the package needs none of its packages.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const FOLDER = 'web/src/watch'
const FILE = 'src/cli/watch/page.generated.ts'
/** Of this package, also where web has its own installed: what ships is of one lock file. */
const PACKAGES = ['preact', '@preact/signals', 'uplot']

export async function writeWatchPage() {
  const { outputFiles, warnings } = await build({
    entryPoints: { page: `${FOLDER}/main.tsx` }, outdir: 'watch', write: false, bundle: true, minify: true, format: 'esm',
    platform: 'browser', target: 'es2022', charset: 'ascii', legalComments: 'none', logLevel: 'warning',
    jsx: 'automatic', jsxImportSource: 'preact',
    alias: Object.fromEntries(PACKAGES.map((name) => [name, `./node_modules/${name}`])),
  })
  if (warnings.length) throw new Error('esbuild warns')
  const bundled = (suffix) => outputFiles.find(({ path }) => path.endsWith(suffix)).text
  const texts = {
    page: readFileSync(`${FOLDER}/index.html`, 'utf8'), script: bundled('.js'), style: bundled('.css'),
    icon: readFileSync('web/public/icon.svg', 'utf8'),
  }
  const lines = Object.entries(texts).map(([name, text]) => `export const ${name}: string = ${JSON.stringify(text)}\n`)
  const module = `// Written by tools/watch_page.mjs from ${FOLDER}.\n${lines.join('')}`
  if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== module) writeFileSync(FILE, module)
}
