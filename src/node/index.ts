// The entry `ganglion/node`: data, pictures and runs on disk. The models and the engine are in the default entry.
export { loadConfig, RUN_FORMAT, type RunConfig, saveConfig } from './config.ts'
export { loadDataset, type Split } from './datasets.ts'
export { writeFileAtomic, prepareRunFolder } from './files.ts'
export { defineFor, type ImageShape, type ModelKind, modelKinds, type ModelOptions } from './models.ts'
export { interpolationsPng, reconstructionsPng, samplesPng } from './pictures.ts'
export { scaledImages } from '../train/batches.ts'
export { decodePng, encodePng } from './png.ts'
export { loadRun, type LoadRunOptions, type Run, saveRun } from './run.ts'
