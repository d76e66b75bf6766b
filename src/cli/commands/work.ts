// `ganglion work`: this machine does tasks of a run that another coordinates, by a nats-server.
import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import { GanglionError } from '../../errors.ts'
import { type HeldRun, Nats } from '../../node/nats.ts'
import { workFor } from '../../node/remote_work.ts'
import { serve } from '../../swarm/worker.ts'
import type { Command } from '../command.ts'
import { trainingData } from '../data.ts'
import { bytesFrom } from '../large_data.ts'
import { help, parse, path, UsageError, automaticWide, wide } from '../options.ts'
import { natsUrl, runName } from '../swarm_options.ts'
import { signalCode, type Signal } from '../io.ts'
import { version } from '../version.ts'
import { DATA, MAX_BYTES } from './picture.ts'

const options = {
  nats: { value: 'URL', help: 'the nats-server: nats://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before the host', read: natsUrl },
  run: { value: 'NAME', help: 'the run to work for', read: runName, initial: 'any' },
  name: { value: 'NAME', help: "this worker's name", read: runName, initial: 'the host and a number' },
  once: { help: 'end with the run; without, wait for the next' },
} as const
const input = {
  data: { ...DATA, help: 'the data of the run, where they are on this machine; without, they are fetched' },
  'max-bytes': MAX_BYTES,
  memory: {
    value: 'BYTES', read: bytesFrom, initial: '256MB',
    help: 'what fetched data may take in memory: parts of them that were not used for longest are fetched again',
  },
  model: { value: 'FILE', help: "the file of the run's model, where it is none of the package", read: path },
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
} as const
const output = { quiet: { help: 'nothing but errors', short: 'q' }, ...help } as const

/** How long it waits before it looks for a run again, in milliseconds. */
const LOOK_MS = 1000
/** How long nobody may answer before it looks whether the run is still there. */
const AWAY_MS = 5000

export const work: Command = {
  name: 'work',
  summary: 'Do tasks of a run on another machine: ganglion train MODEL --nats URL',
  usage: '--nats URL [options]',
  notes: [
    'A worker may come and go at any time: its task is another worker\'s then, and the bits stay the same.',
    'What it is sent are weights and, unless --data has them, images and labels; it runs no code but its own.',
  ],
  groups: [['Run', options], ['Input', input], ['Output', output]],
  examples: [['work --nats nats://10.0.0.5:4222', 'works until Ctrl-C']],
  async run(args, io) {
    const { values, positionals } = parse(args, { ...options, ...input, ...output })
    if (positionals.length) throw new UsageError(`work takes options only, got "${positionals[0]}"`)
    if (values.nats === undefined) throw new UsageError('work expected --nats URL, the address of a nats-server')
    const given = values.name ?? `${hostname().replace(/[^\w-]/g, '-').slice(0, 40)}-${process.pid}`
    const say = (text: string) => void (values.quiet || io.stderr.write(`ganglion: ${text}\n`))
    const stop = new AbortController()
    let signal: Signal | undefined
    const endListening = io.onSignal((received) => { signal = received; stop.abort() })
    const nats = await Nats.connect(values.nats)
    const name = nats.nameOf(given)
    try {
      while (!stop.signal.aborted) {
        const run = await nextRun(nats, values.run)
        if (run === undefined) {
          await new Promise((done) => { setTimeout(done, LOOK_MS) })
          continue
        }
        say(`works for "${run}" as ${name}`)
        let tasks = 0
        let since: number | undefined
        await serve(nats.channel(run), {
          name, ganglion: version(), signal: stop.signal,
          make: (recipe, fetched) => workFor(recipe, fetched, {
            module: values.model, wide: values.wide ?? automaticWide(),
            load: (source, choice) => trainingData(values.data ?? source, choice, values['max-bytes']),
            given: values.data, memory: values.memory,
          }),
          onTask: () => { tasks++; since = undefined },
          // There may be runs that have nobody.
          onIdle: async () => values.run !== undefined || !!values.once || !await hasFewer(nats, run),
          onRetry: async (why) => {
            if (since === undefined) say(`no answer (${why}); trying again`)
            since ??= performance.now()
            // The run may have ended, or its coordinator may come back.
            if (performance.now() - since < AWAY_MS) return true
            return nats.mayBeHeld(run)
          },
        })
        say(`did ${tasks} tasks of "${run}"`)
        if (values.once) break
      }
    } finally {
      endListening()
      await nats.close()
    }
    return signal ? signalCode[signal] : 0
  },
}

const presentIn = ({ present }: HeldRun): number => Number(present) || 0
/** Whether another run has fewer workers, with this one too. */
const hasFewer = async (nats: Nats, own: string): Promise<boolean> => {
  const runs = await nats.runs().catch(() => [])
  const here = runs.find(({ run }) => run === own)
  return !!here && runs.some((other) => presentIn(other) + 1 < presentIn(here))
}

/** The run that was asked for, or one of those that have the fewest workers. */
async function nextRun(nats: Nats, wanted: string | undefined): Promise<string | undefined> {
  const runs = await nats.runs().catch((cause: Error) => {
    if (cause instanceof GanglionError) throw cause
    const what = `the nats-server at ${nats.url} did not say which runs there are`
    throw new GanglionError(`${what}: ${cause.message}; try again`, { cause })
  })
  if (wanted !== undefined) return runs.find(({ run }) => run === wanted)?.run
  const least = Math.min(...runs.map(presentIn))
  const fewest = runs.filter((run) => presentIn(run) === least)
  return fewest.length ? fewest[randomInt(fewest.length)]!.run : undefined
}
