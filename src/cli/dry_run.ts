// `--dry-run`: what a run will take, before it begins: parameters, memory by the plan of a step, time by some steps that are not
// kept. Nothing is written. What cannot fit is refused before its memory is reserved.
import { totalmem } from 'node:os'
import { compile } from '../compiler/program.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { isVariable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { graphsOf, tensorsOf } from '../models/stages.ts'
import { type Model, ROWS } from '../train/model.ts'
import type { StreamedDataset } from '../train/streamed.ts'
import { windowOn } from '../train/streaming.ts'
import { localCrew } from '../swarm/local_crew.ts'
import { trainTogether } from '../swarm/train.ts'
import { createWork, type StepWork } from '../swarm/work.ts'
import { joinOf, schedulerOf, stepStages } from '../train/stages.ts'
import { TRAIN } from '../train/state.ts'
import { clock } from './format.ts'
import type { Io } from './io.ts'
import { stepsOfEpoch } from './schedule.ts'

/** Steps are timed for so long, after the first ones. In milliseconds. */
const TIMED_MS = 2000
const MB = 2 ** 20
/** What a 32-bit memory ends at. */
const MOST = 4096 * MB

interface Steps {
  readonly data: ImageDataset | StreamedDataset
  readonly batchSize: number
  readonly accumulate: number
  readonly checkpointing?: boolean
}

/** Bytes of what training holds in the core's memory. */
export interface Room {
  readonly model: number
  readonly images: number
  /** A step's values. */
  readonly step: number
}

interface DryRun extends Steps {
  readonly model: Model
  readonly room: Room
  readonly epochs: number
  readonly parameters: number
  readonly json: boolean
}

/**
 * What a run will hold in memory, by its graphs and the plan of a step.
 * @throws GanglionError where it does not fit into a 32-bit memory, or this machine's
 */
export async function roomOf(definition: ModelDefinition, run: Steps, threads: number): Promise<Room> {
  const { batchSize, accumulate, checkpointing = false } = run
  const rows = batchSize * accumulate * (definition.batchesPerStep ?? 1)
  const data = 'stream' in run.data ? windowOn(run.data, rows) : run.data
  const join = await joinOf(accumulate > 1)
  const stages = stepStages(definition, data, batchSize * accumulate, batchSize, !!definition.dropRemainder, join)
  // Some are in several graphs.
  const variables = [...new Set(graphsOf(definition, ROWS).tensors.filter(isVariable))]
  const images = data.images.byteLength + (data.labels ? 4 * data.count : 0)
  const largest = tensorsOf(stages).reduce((most, { size }) => Math.max(most, size), 0)
  const room = { model: 4 * variables.reduce((n, v) => n + v.size, 0), images, step: 4 * largest }
  const of = `a ${definition.kind} on ${run.data.count} images of ${data.shape.join('x')}`
  // A tape cannot tell such sizes from addresses.
  if (largest >= MOST / 2) checkFits(room, of)
  const { plan } = compile({ group: TRAIN, stages }, { threads, ...await schedulerOf(checkpointing) })
  return checkFits({ ...room, step: plan.peakBytes }, of)
}

function checkFits(room: Room, of: string): Room {
  const most = Math.min(MOST, totalmem())
  if (totalOf(room) <= most) return room
  const there = most < MOST ? `are ${mega(most)} MB on this machine` : `is room for ${mega(most)} MB`
  throw new GanglionError(`${of} takes ${said(room)}, and there ${there}; ` +
    'give a smaller --batch-size with --accumulate, --size or --limit, or fewer units or filters')
}

export async function dryRun(run: DryRun, { stdout }: Io): Promise<void> {
  const { model, data, room, epochs, batchSize, accumulate, parameters, json } = run
  const size = batchSize * accumulate
  const { kind } = model.definition
  const steps = stepsOfEpoch(model.definition, data, size)
  // What the graphs tell is said before steps are timed: of a large model that takes a minute.
  if (!json) {
    stdout.write(`${kind}, ${parameters} parameters, ${data.count} images, ${steps} steps of ${size} in an epoch\n` +
      `memory    ${said(room)}\n`)
  }
  const seconds = steps * await secondsPerStep(run)
  const facts = {
    kind, parameters, images: data.count, batchSize, stepsPerEpoch: steps, bytes: room, secondsPerEpoch: seconds, epochs,
  }
  stdout.write(json ? `${JSON.stringify({ event: 'dry-run', ...facts })}\n`
    : `time      ${clock(seconds)} an epoch, ${clock(seconds * epochs)} for ${epochs}, by steps on this machine just now\n`)
}

const totalOf = ({ model, images, step }: Room): number => model + images + step

const said = (room: Room): string => `${mega(totalOf(room))} MB (weights and optimizer ${mega(room.model)}, ` +
  `images ${mega(room.images)}, a step's values ${mega(room.step)})`

async function secondsPerStep({ model, data, epochs, batchSize, accumulate, checkpointing }: DryRun): Promise<number> {
  let [steps, seconds] = [0, 0]
  let before: { step: number, seconds: number } | undefined
  const began = performance.now()
  const training = model.definition.rounds
    ? inRounds(createWork(model, data as ImageDataset, { batchSize, microBatches: accumulate }), epochs)
    : model.train(data, { epochs, batchSize, accumulate, checkpointing })
  for await (const { step, seconds: spent, epochDone } of training) {
    // The first chunk compiles; an epoch's seconds begin anew.
    if (before) [steps, seconds] = [steps + step - before.step, seconds + spent - before.seconds]
    before = { step, seconds: epochDone ? 0 : spent }
    if (performance.now() - began > TIMED_MS && steps) break
    if (!steps && epochDone) [steps, seconds] = [step, spent]
  }
  return seconds / steps
}

const inRounds = (work: StepWork, epochs: number) => trainTogether(work, localCrew(work), { epochs })

const mega = (bytes: number): string => (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)
