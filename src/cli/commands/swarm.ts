// `ganglion swarm status`: the runs that a nats-server knows, who works for them, and what went wrong. `ganglion swarm init`: the
// configuration of such a server.
import { Nats, type HeldRun } from '../../node/nats.ts'
import { isRecord } from '../../options.ts'
import type { Command } from '../command.ts'
import { columns } from '../command.ts'
import type { Io } from '../io.ts'
import { help, parse, UsageError } from '../options.ts'
import { initOptions, initSwarm } from '../swarm_init.ts'
import { natsUrl } from '../swarm_options.ts'

const status = {
  nats: { value: 'URL', help: 'the nats-server: nats://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before the host', read: natsUrl },
  json: { help: 'one JSON object to a line, for each run' },
} as const

export const swarm: Command = {
  name: 'swarm',
  summary: 'Show the runs that are trained by several machines, or write the configuration of a server for them',
  usage: 'status --nats URL [options], or swarm init DIR [options]',
  notes: [
    'init writes nats.conf, for nats-server -c, and logins.txt: one for the coordinator, one for each worker.',
    "A worker's login may ask for tasks in its own name, and nothing else; the server sees to that.",
  ],
  groups: [['Of status', status], ['Of init', initOptions], ['Options', help]],
  examples: [
    ['swarm status --nats nats://10.0.0.5:4222', 'runs, workers, rates, faults'],
    ['swarm init ./server --host 0.0.0.0 --workers anna,ben', 'then nats-server -c ./server/nats.conf'],
  ],
  async run(args, io) {
    const [what, ...others] = parse(args, { ...status, ...initOptions, ...help }).positionals
    if (what === 'status') {
      if (others.length) throw new UsageError(`swarm status takes options only, got "${others[0]}"`)
      return showStatus(parse(args, { ...status, ...help }).values, io)
    }
    if (what !== 'init') throw new UsageError(`swarm expected status or init, got ${what ?? 'nothing'}`)
    const [folder, more] = others
    if (folder === undefined) throw new UsageError('swarm init expected a folder to write to')
    if (more !== undefined) throw new UsageError(`swarm init expected one folder, got "${more}" too`)
    return initSwarm(folder, parse(args, { ...initOptions, ...help }).values, io)
  },
}

async function showStatus({ nats: url, json }: { readonly nats?: string, readonly json?: boolean }, io: Io): Promise<number> {
  if (url === undefined) throw new UsageError('swarm expected --nats URL, the address of a nats-server')
  const nats = await Nats.connect(url)
  try {
    const runs = await nats.runs()
    for (const run of runs) io.stdout.write(json ? `${JSON.stringify(run)}\n` : table(run))
    if (!runs.length && !json) io.stdout.write(`no run at ${nats.url}\n`)
    return 0
  } finally {
    await nats.close()
  }
}

function table({ run, ...facts }: HeldRun): string {
  const { model, host, step, lastStep, seconds, workers } = facts
  const known = Array.isArray(workers) ? workers.filter(isRecord) : []
  const rows = known.map((w): [string, string] => {
    const [tasks, took] = [Number(w['tasks']), Number(w['seconds'])]
    const rate = tasks ? `${tasks} tasks, ${(took / tasks).toFixed(3)} s each` : 'no task yet'
    const faults = Number(w['faults']) ? `, ${String(w['faults'])} faults` : ''
    const out = typeof w['out'] === 'string' ? `, out: ${w['out']}` : ''
    return [String(w['worker']), `${rate}${faults}${out}`]
  })
  const stands = `step ${String(step)} of ${String(lastStep)} after ${String(seconds)} s`
  const head = `${run}  ${String(model)} on ${String(host)}, ${stands}`
  return `${[head, ...(rows.length ? columns(rows) : ['  no worker yet'])].join('\n')}\n`
}
