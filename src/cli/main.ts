#!/usr/bin/env node
// The executable `ganglion`.
import { cli } from './cli.ts'
import { processIo } from './io.ts'

// A reader that went away (`ganglion train vae | head`) ends the output, not the training.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await cli(process.argv.slice(2), processIo)
