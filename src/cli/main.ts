#!/usr/bin/env node
// The executable `ganglion`.
import { cli } from './cli.ts'
import { processIo } from './io.ts'
import { OF_SWEEP } from './sweep/runs.ts'

// A sweep's run ends with the sweep, and keeps what it learned.
if (process.env[OF_SWEEP] && process.channel) {
  process.channel.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

process.exitCode = await cli(process.argv.slice(2), processIo())
