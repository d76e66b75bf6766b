#!/usr/bin/env node
// The executable `ganglion`.
import { cli } from './cli.ts'
import { processIo } from './io.ts'
import { toldToBegin } from './sweep/processes.ts'

await toldToBegin()
process.exitCode = await cli(process.argv.slice(2), processIo())
