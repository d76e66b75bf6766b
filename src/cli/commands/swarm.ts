// `ganglion swarm status`: the runs that a nats-server knows, who works for them, and what went wrong.
import { Nats, type HeldRun } from '../../node/nats.ts'
import { isRecord } from '../../options.ts'
import type { Command } from '../command.ts'
import { columns } from '../command.ts'
import { help, parse, UsageError } from '../options.ts'
import { natsUrl } from '../swarm_options.ts'

const options = {
  nats: { value: 'URL', help: 'the nats-server: nats://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before the host', read: natsUrl },
  json: { help: 'one JSON object to a line, for each run' },
  ...help,
} as const

export const swarm: Command = {
  name: 'swarm',
  summary: 'Show the runs that are trained by several machines',
  usage: 'status --nats URL [options]',
  groups: [['Options', options]],
  examples: [['swarm status --nats nats://10.0.0.5:4222', 'runs, workers, rates, faults']],
  async run(args, io) {
    const { values, positionals } = parse(args, options)
    if (positionals.join() !== 'status') throw new UsageError(`swarm expected status, got ${positionals.join(' ') || 'nothing'}`)
    if (values.nats === undefined) throw new UsageError('swarm expected --nats URL, the address of a nats-server')
    const nats = await Nats.connect(values.nats)
    try {
      const runs = await nats.runs()
      for (const run of runs) io.stdout.write(values.json ? `${JSON.stringify(run)}\n` : table(run))
      if (!runs.length && !values.json) io.stdout.write(`no run at ${nats.url}\n`)
      return 0
    } finally {
      await nats.close()
    }
  },
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
