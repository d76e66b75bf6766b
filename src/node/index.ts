// The entry `ganglion/node`: data, pictures and runs on disk. The models and the engine are in the default entry.
export { loadDataset, type Split } from './datasets.ts'
export { writeFileAtomic, prepareRunFolder } from './files.ts'
export { define, type ImageShape, type ModelKind, modelKinds, type ModelOptions } from './models.ts'
export { interpolationsPng, reconstructionsPng, samplesPng, scaledImages } from './pictures.ts'
export { decodePng, encodePng } from './png.ts'
export { loadConfig, loadRun, type LoadRunOptions, RUN_FORMAT, type RunConfig, saveConfig, saveRun } from './run.ts'
