// The entry `ganglion/worker`: a model that trains in a worker, so that a page stays responsive. The worker's own file is
// trainer.js beside this one; a worker of your own calls `serveTrainer` of `ganglion/worker/serve`.
export { createTrainer, type Trainer, type Transfer } from './client.ts'
export type { ModuleModel, NamedModel, TrainerOptions } from './options.ts'
export type { Arguments, Method, TrainerInfo, Value } from './protocol.ts'
export type { NodeWorker } from '../host.ts'
export type { FitCallback, FitOptions, History, Logs } from '../train/fit.ts'
export type { Progress, TrainOptions } from '../train/train.ts'
export { GanglionError, ThreadError, TrainingError } from '../errors.ts'
export type { ImageArrays, ImageDataset } from '../data/dataset.ts'
export { imageDataset } from './dataset.ts'
