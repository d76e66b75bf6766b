// The trainer of a run on changed images: each kind of model of the package, and around it the changes that are named. Runs on
// images as they are have the package's own worker.
import type { ModelDefinition } from 'ganglion'
import { augmented } from 'ganglion/models'
import { serveTrainer } from 'ganglion/worker/serve'
import { exported } from './kinds.ts'

interface Asked {
  readonly augment: string
}

serveTrainer(Object.fromEntries(exported.map(({ kind }) => (
  [kind.kind, ({ augment, ...options }: Asked): ModelDefinition => augmented(kind(options as never), augment)]))))
