// The runs of a recipe, by the built command line, in a folder. Invariant: what was stopped or killed goes on from where it was
// saved, and nothing is trained or judged twice.
import { decodeSafetensors } from 'ganglion/safetensors'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const MAIN = here('../../dist/cli/main.js')
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM']
const CORES = availableParallelism()
const MACHINE = `${cpus()[0].model.trim()}, ${CORES} core${CORES === 1 ? '' : 's'}, Node ${process.version}`

/** A signal came: runs keep what they have learned. */
export class Stopped extends Error {}

const epochsOf = (args) => Number(args[args.indexOf('--epochs') + 1])

/**
 * Trains each run of a recipe to its end, and judges them.
 * @param model the file of the recipe's own model, where it has one
 * @throws Stopped when a signal came
 */
export async function reproduce(folder, recipe, model) {
  await mkdir(folder, { recursive: true })
  const data = await recipe.prepare?.(folder) ?? {}
  const runs = {}
  let seconds = 0
  for (const [run, argumentsOf] of Object.entries(recipe.runs)) {
    const out = join(folder, run)
    const own = model ? ['--model', model] : []
    const given = [...own, ...argumentsOf(data)]
    const epochs = epochsOf(given)
    if (!await isTrained(out, epochs)) {
      const how = existsSync(join(out, 'config.json'))
        ? ['--resume', out, ...own, '--epochs', `${epochs}`] : [...given, '--out', out]
      console.log(`ganglion train ${how.join(' ')}`)
      await ganglion(['train', ...how])
    }
    seconds += await secondsOf(out)
    const evaluated = recipe.evaluate && await judged(out, recipe.evaluate(data))
    runs[run] = { last: await lastOf(out), evaluated }
  }
  const { reference } = data
  return { figure: recipe.judge(runs), ...(reference && { reference }), seconds, machine: MACHINE }
}

/** Of a recipe whose runs did not end: how far they are, and the loss so far. */
export async function underWay(folder, recipe) {
  const runs = Object.entries(recipe.runs)
  const lasts = await Promise.all(runs.map(([run]) => lastOf(join(folder, run))))
  const at = lasts.findLastIndex(Boolean)
  if (at < 0) return undefined
  const { epoch, metrics, test } = lasts[at]
  const seconds = (await Promise.all(runs.map(([run]) => secondsOf(join(folder, run))))).reduce((a, b) => a + b, 0)
  const [run, argumentsOf] = runs[at]
  return { run, epoch, epochs: epochsOf(argumentsOf({})), loss: metrics.loss, test: test?.loss, seconds, machine: MACHINE }
}

/** What `ganglion evaluate` says of a run, or of its best epoch; kept beside the run. */
async function judged(run, args) {
  const best = existsSync(join(run, 'best')) ? join(run, 'best') : run
  const of = { digest: (await readFile(join(best, 'digest.txt'), 'utf8')).trim(), args }
  const file = `${run}-evaluated.json`
  const kept = await readFile(file, 'utf8').then(JSON.parse).catch(() => ({}))
  if (JSON.stringify(kept.of) === JSON.stringify(of)) return kept.evaluated
  const evaluated = JSON.parse(await ganglion(['evaluate', best, '--json', ...args], true))
  await writeWhole(file, JSON.stringify({ of, evaluated }))
  return evaluated
}

/** Lines of epochs and of parts of them: a run that was resumed within an epoch has several for it. */
async function linesOf(run) {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8').catch(() => '')
  return text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter(({ complete }) => complete !== undefined)
}

/** The last epoch that is over, with the means over all its images. */
async function lastOf(run) {
  const lines = await linesOf(run)
  const last = lines.findLast(({ complete }) => complete)
  if (!last) return undefined
  const parts = lines.filter(({ epoch }) => epoch === last.epoch)
  const images = parts.reduce((sum, { samples }) => sum + samples, 0)
  const mean = (name) => parts.reduce((sum, { metrics, samples }) => sum + metrics[name] * samples, 0) / images
  return { ...last, metrics: Object.fromEntries(Object.keys(last.metrics).map((name) => [name, mean(name)])) }
}

/** Whether a run's last epoch is over, and saved: it may have been killed between its figures and its state. */
async function isTrained(run, epochs) {
  const last = await lastOf(run)
  return last?.epoch === epochs && last.step === await savedStep(run)
}

/** The steps that the saved state has had. */
async function savedStep(run) {
  const { tensors } = decodeSafetensors(await readFile(join(run, 'state.safetensors')))
  return tensors.get('counters').data[0]
}

async function secondsOf(run) {
  return (await linesOf(run)).reduce((sum, { seconds }) => sum + seconds, 0)
}

/** Writes a file that is there whole or not at all. */
export async function writeWhole(path, bytes) {
  await writeFile(`${path}.part`, bytes)
  await rename(`${path}.part`, path)
}

/**
 * Runs the command line; what it prints goes on, or is given back. A signal reaches it once, whether it came by a terminal or to
 * this process alone: it is the leader of a group of its own.
 */
async function ganglion(args, quiet = false) {
  const stdio = ['ignore', quiet ? 'pipe' : 'inherit', 'inherit']
  const child = spawn(process.execPath, [MAIN, ...args], { stdio, detached: true })
  let [said, stopped] = ['', false]
  child.stdout?.setEncoding('utf8').on('data', (text) => { said += text })
  const pass = (signal) => {
    stopped = true
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  const code = await new Promise((done) => child.on('close', done))
  for (const signal of SIGNALS) process.off(signal, pass)
  if (stopped) throw new Stopped()
  if (code !== 0) throw new Error(`ganglion ${args.join(' ')} ended with ${code}`)
  return said
}
