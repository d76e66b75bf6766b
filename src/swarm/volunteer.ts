// A helper's connection to a nats-server by WebSocket, and the work for a run over it. Loaded by `join` when it is asked for,
// with the core, the models and the client of NATS. Invariant: only the package's own models are made.
import { nuid, type NatsConnection, wsconnect } from '@nats-io/nats-core'
import { loadedOptions } from '../checkpoint/options.ts'
import { GanglionError } from '../errors.ts'
import { decodeUtf8 } from '../formats/utf8.ts'
import { augmented } from '../models/augmented.ts'
import { defineFor, isModelName, type ImageShape } from '../models/kinds.ts'
import { inRounds } from '../models/rounds.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import { version } from '../version.generated.ts'
import { fetchedData, type FetchShards } from './fetched.ts'
import { ANY_RUN, inboxOf, loginOf, subjectOf, workerName } from './protocol.ts'
import { recipeOf } from './recipe.ts'
import { createWork, type StepWork } from './work.ts'
import { serve } from './worker.ts'

/** How long an answer may take: a coordinator lets a worker wait for a task for less. */
const ANSWER_MS = 10_000
/** So many requests without an answer end the help, half a minute: a coordinator that takes the run over needs less. */
const MOST_RETRIES = 60
/** Bytes of the run's data that a page keeps. */
const MEMORY = 64e6

interface Where {
  readonly url: string
  readonly token?: string
  readonly user?: string
  readonly password?: string
  readonly run?: string
}

interface Hooks {
  readonly signal: AbortSignal
  readonly between: () => Promise<void>
  readonly onTask: (seconds: number) => void
}

interface Connection {
  readonly name: string
  readonly run: string
  work(hooks: Hooks): Promise<void>
  close(): Promise<void>
}

/** @throws GanglionError where no server answers, it refuses the login, or there is no run */
export async function openConnection({ url, token, user, password, run: wanted }: Where): Promise<Connection> {
  const login = token !== undefined ? { token } : user !== undefined ? { user, pass: password ?? '' } : {}
  const known = loginOf(user)
  const nats = await wsconnect({
    servers: url, ...login, name: 'ganglion', timeout: 5000, maxReconnectAttempts: -1, inboxPrefix: inboxOf(known),
  })
    .catch((cause: Error) => { throw noServer(url, cause) })
  try {
    const run = wanted ?? await anyRun(nats)
    const name = workerName(known, `page-${nuid.next()}`)
    return {
      name, run,
      async work({ signal, between, onTask }) {
        let retries = 0
        await serve({
          request: async (message) => {
            const { data } = await nats.request(subjectOf(run, known), message, { timeout: ANSWER_MS })
            retries = 0
            return data
          },
        }, {
          name, ganglion: version, signal, make, between, onTask: (_, seconds) => onTask(seconds),
          onRetry: () => ++retries < MOST_RETRIES,
        })
      },
      close: () => nats.close(),
    }
  } catch (error) {
    await nats.close()
    throw error
  }
}

async function anyRun(nats: NatsConnection): Promise<string> {
  const answer = await nats.request(ANY_RUN, new Uint8Array(0), { timeout: ANSWER_MS }).catch((cause: Error) => {
    throw new GanglionError(`join: there is no run to work for (${cause.message}); start one with ganglion train --nats, ` +
      'then join again', { cause })
  })
  return decodeUtf8(answer.data)
}

async function make(recipe: unknown, fetched: FetchShards): Promise<StepWork> {
  const known = recipeOf(recipe)
  const { kind, module, options, augment, rounds, imageShape, classes, seed, precision, gradients } = known
  if (module !== undefined || !isModelName(kind)) {
    throw new GanglionError(`join: the run's model is "${kind}", a file of its user's, which pages do not load; ` +
      'work for it with ganglion work --model FILE')
  }
  const plain = defineFor(imageShape as ImageShape, kind, loadedOptions(options), classes)
  const changed = augment === undefined ? plain : augmented(plain, augment)
  const definition = rounds ? inRounds(changed, rounds) : changed
  const { batchSize, microBatches } = known
  const rows = batchSize * microBatches * (definition.batchesPerStep ?? 1)
  const data = await fetchedData(known.data, fetched, { rows, classes, memory: MEMORY })
  const model = await Model.create(await createRuntime({ precision }), definition, { seed })
  return createWork(model, data, { batchSize, microBatches, gradients })
}

function noServer(url: string, cause: Error): GanglionError {
  if (/authoriz|authentic/i.test(`${cause.name} ${cause.message}`)) {
    return new GanglionError(`join: the nats-server at ${url} refused the login; ` +
      'give a token, or a user and a password', { cause })
  }
  return new GanglionError(`join: no nats-server answers at ${url} (${cause.message}); ` +
    'start one with a websocket in its configuration, or mend the address', { cause })
}
