// `npm run reproduce [-- RECIPE …]`: trains what papers and examples publish, by the built command line, and writes the figures
// beside theirs to docs/reproduced.md. A recipe that was stopped goes on where it was.
//   --out DIR   where runs go (build/reproduce)     --table   train nothing, write the table of what there is
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { tableOf } from './table.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const MAIN = here('../../dist/cli/main.js')
const RESULTS = here('results.json')
const TABLE = here('../../docs/reproduced.md')
/** The shortest first. */
const RECIPES = ['default_vae', 'keras_vae', 'gan', 'binary_vae', 'iwae']

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
for (const [name, module] of recipes) {
  if (positionals.length && !positionals.includes(name)) continue
  const folder = join(values.out, name)
  await mkdir(folder, { recursive: true })
  const result = await (values.table ? underWay(folder, module) : reproduce(name, folder, module))
  if (!result || (results[name]?.figure !== undefined && result.figure === undefined)) continue
  results[name] = result
  await writeFile(RESULTS, `${JSON.stringify(results, null, 1)}\n`)
}
await writeFile(TABLE, tableOf(recipes, results))
console.log(TABLE)

/** Trains each run of a recipe to its end, and judges them. */
async function reproduce(name, folder, { recipe, default: own }) {
  const data = await recipe.prepare?.(folder) ?? {}
  const runs = {}
  let seconds = 0
  for (const [run, argumentsOf] of Object.entries(recipe.runs)) {
    const out = join(folder, run)
    const given = [...(own ? ['--model', here(`${name}.mjs`)] : []), ...argumentsOf(data)]
    const epochs = given[given.indexOf('--epochs') + 1]
    if ((await lineOf(out))?.epoch !== Number(epochs)) {
      const how = existsSync(join(out, 'config.json')) ? ['--resume', out, '--epochs', epochs] : [...given, '--out', out]
      console.log(`ganglion train ${how.join(' ')}`)
      await ganglion(['train', ...how])
    }
    seconds += await secondsOf(out)
    const best = existsSync(join(out, 'best')) ? join(out, 'best') : out
    const evaluated = recipe.evaluate && JSON.parse(await ganglion(['evaluate', best, '--json', ...recipe.evaluate(data)], true))
    runs[run] = { last: await lineOf(out), evaluated }
  }
  const figure = recipe.judge(runs)
  console.log(`${name}: ${figure} (${recipe.published} by ${recipe.by})`)
  return { figure, seconds, machine: `${availableParallelism()} cores, Node ${process.version}` }
}

/** Of a recipe whose runs did not end: how far they are, and the loss so far. */
async function underWay(folder, { recipe }) {
  const lines = await Promise.all(Object.keys(recipe.runs).map((run) => lineOf(join(folder, run))))
  const at = lines.findLastIndex(Boolean)
  if (at < 0) return undefined
  const run = Object.keys(recipe.runs)[at]
  const { epoch, metrics, test } = lines[at]
  return { run, epoch, loss: metrics.loss, test: test?.loss, seconds: await secondsOf(join(folder, run)) }
}

async function linesOf(run) {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8').catch(() => '')
  return text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter(({ complete }) => complete)
}
async function lineOf(run) {
  return (await linesOf(run)).at(-1)
}
async function secondsOf(run) {
  return (await linesOf(run)).reduce((sum, { seconds }) => sum + seconds, 0)
}

/** Runs the command line; what it prints goes on, or is given back. */
function ganglion(args, quiet = false) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit'] })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => { said += text })
  return new Promise((done, failed) => child.on('close', (code) => {
    if (code === 0) done(said)
    else failed(new Error(`ganglion ${args.join(' ')} ended with ${code}`))
  }))
}
