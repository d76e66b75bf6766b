// The commands of `ganglion`, in the order in which --help lists them.
import type { Command } from '../command.ts'
import { audit } from './audit.ts'
import { bench } from './bench.ts'
import { data } from './data.ts'
import { encode } from './encode.ts'
import { evaluate } from './evaluate.ts'
import { exportRun } from './export.ts'
import { importRun } from './import.ts'
import { info } from './info.ts'
import { interpolate } from './interpolate.ts'
import { map } from './map.ts'
import { models } from './models.ts'
import { reconstruct } from './reconstruct.ts'
import { sample } from './sample.ts'
import { swarm } from './swarm.ts'
import { sweep } from './sweep.ts'
import { train } from './train.ts'
import { verify } from './verify.ts'
import { watch } from './watch.ts'
import { work } from './work.ts'

export const commands: readonly Command[] = [
  train, sample, reconstruct, interpolate, encode, map, evaluate, exportRun, importRun, data, models, bench, verify, info,
  sweep, watch, work, swarm, audit,
]
