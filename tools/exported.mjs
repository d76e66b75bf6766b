// Bundles what exported pages and packages run, and writes it as texts for src/export. Invariant: a page's texts hold nothing
// that an HTML parser would change, so that their hashes are those that a browser takes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const OPTIONS = { write: false, bundle: true, target: 'es2022', charset: 'ascii', legalComments: 'none', logLevel: 'warning' }

async function bundled(options) {
  const { outputFiles, warnings } = await build({ ...OPTIONS, ...options, outdir: 'exported' })
  if (warnings.length) throw new Error('esbuild warns')
  return (suffix) => outputFiles.find(({ path }) => path.endsWith(suffix)).text
}

function write(file, folder, texts) {
  const lines = Object.entries(texts).map(([name, text]) => `export const ${name}: string = ${JSON.stringify(text)}\n`)
  const module = `// Written by tools/exported.mjs from ${folder}.\n${lines.join('')}`
  if (!existsSync(file) || readFileSync(file, 'utf8') !== module) writeFileSync(file, module)
}

export async function writeExported() {
  const [page, code] = ['src/export/html/page', 'src/export/js/package']
  const ofPage = await bundled({ entryPoints: [`${page}/page.ts`, `${page}/page.css`], format: 'iife', minifyWhitespace: true })
  const [script, style] = ['.js', '.css'].map(ofPage)
  if (/<\/|<!--|<script|[\r\0]/.test(script + style)) throw new Error('the page holds what HTML would change')
  write('src/export/html/page.generated.ts', page, { script, style })
  const ofPackage = await bundled({ entryPoints: [`${code}/model.ts`], format: 'esm' })
  write('src/export/js/model.generated.ts', code, { model: ofPackage('.js') })
}
