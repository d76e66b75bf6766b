// The entry `ganglion/worker`: a model that trains in a worker, so that a page stays responsive. The worker's own file is
// trainer.js beside this one; a worker of your own calls `serveTrainer` of `ganglion/worker/serve`.
export {
  createTrainer, type ModuleModel, type NamedModel, type Trainer, type TrainerOptions, type Transfer,
} from './client.ts'
export type { TrainerInfo } from './protocol.ts'
export type { Progress, TrainOptions } from '../train/train.ts'
export { GanglionError, TrainingError } from '../errors.ts'
export { imageDataset, type ImageArrays, type ImageDataset } from '../data/dataset.ts'
