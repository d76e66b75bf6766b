// `ganglion watch`: a page that shows runs on disk, live, for a browser on this machine.
import type { Command } from '../command.ts'
import { type Signal, signalCode } from '../io.ts'
import { help, parse } from '../options.ts'
import { findRuns } from '../watch/find.ts'
import { serveRuns } from '../watch/server.ts'
import { PORT } from '../watch_options.ts'

const options = { port: PORT, ...help } as const

export const watch: Command = {
  name: 'watch',
  summary: 'Show runs in a page while they train: curves, samples, reconstructions, options that differ',
  usage: '[RUN…] [options]',
  notes: [
    'RUN is the folder of a run, or a folder of runs; runs that begin there later are shown too. Without one: runs.',
    'The page is for browsers on this machine, by an address that holds a secret. Nothing is written. Ctrl-C ends it.',
  ],
  groups: [['Options', options]],
  examples: [
    ['watch', 'all runs in the folder runs, and an address to open'],
    ['watch runs/vae runs/gan', 'two runs beside each other'],
    ['watch runs/sweep --port 7070', 'the runs of a sweep, at a port of your choice'],
  ],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    const folders = positionals.length > 0 ? positionals : ['runs']
    const find = () => findRuns(folders)
    const found = await find()
    const server = await serveRuns(found, find, values.port ?? 0)
    io.stdout.write(`${server.address}\n`)
    const count = found.length === 1 ? 'one run' : `${found.length} runs`
    io.stderr.write(`ganglion: ${count}, shown at the address above to browsers on this machine; Ctrl-C ends it\n`)
    const signal = await new Promise<Signal>((done) => {
      const endListening = io.onSignal((received) => {
        endListening()
        done(received)
      })
    })
    await server.close()
    return signalCode[signal]
  },
}
