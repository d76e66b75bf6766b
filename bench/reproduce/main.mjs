// `npm run reproduce [-- RECIPE …]`: trains what papers and examples publish, by the built command line, and writes the figures
// beside theirs to docs/reproduced.md. A recipe that was stopped goes on where it was.
//   --out DIR   where runs go (build/reproduce)     --table   train nothing, write the table of what there is
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { reproduce, Stopped, underWay, writeWhole } from './runs.mjs'
import { tableOf } from './table.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const RESULTS = here('results.json')
const TABLE = here('../../docs/reproduced.md')
/** The shortest first. */
const RECIPES = [
  'better_vae', 'better_gan', 'default_vae', 'iwae', 'keras_vq_vae', 'keras_vae', 'gan', 'binary_vae', 'dcgan', 'wgan_gp',
]

const { values, positionals } = parseArgs({
  allowPositionals: true, options: { out: { type: 'string', default: 'build/reproduce' }, table: { type: 'boolean' } },
})
const unknown = positionals.find((name) => !RECIPES.includes(name))
if (unknown !== undefined) {
  console.error(`reproduce: no recipe is called "${unknown}"; there are: ${RECIPES.join(', ')}`)
  process.exit(2)
}

const results = existsSync(RESULTS) ? JSON.parse(await readFile(RESULTS, 'utf8')) : {}
const recipes = await Promise.all(RECIPES.map(async (name) => [name, (await import(`./${name}.mjs`))]))
const asked = recipes.filter(([name]) => !positionals.length || positionals.includes(name))
try {
  for (const [name, { recipe, default: own }] of asked) {
    const folder = join(values.out, name)
    if (values.table) {
      await keep(name, await underWay(folder, recipe))
      continue
    }
    const result = await reproduce(folder, recipe, own && here(`${name}.mjs`)).catch(async (error) => {
      await keep(name, await underWay(folder, recipe))
      throw error
    })
    await keep(name, result)
    const { figure, reference } = result
    console.log(`${name}: ${figure} (${reference?.mean ?? recipe.published} by ${recipe.by})`)
  }
} catch (error) {
  if (!(error instanceof Stopped)) throw error
  console.error('reproduce: stopped; the same command goes on where it was')
  process.exitCode = 130
}
await writeWhole(TABLE, tableOf(recipes, results))
console.log(TABLE)

/** A figure stays until there is another. */
async function keep(name, result) {
  if (!result || (results[name]?.figure !== undefined && result.figure === undefined)) return
  results[name] = result
  await writeWhole(RESULTS, `${JSON.stringify(results, null, 1)}\n`)
}
