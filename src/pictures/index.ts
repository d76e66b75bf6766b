// The entry `ganglion/pictures`: pictures to data sets, in every runtime, the same bytes in each.
export { decodePicture, type Picture } from './decode.ts'
export { datasetFromFiles, type PictureFiles } from './files.ts'
export type { PictureDataset, PictureReport } from './make.ts'
export type { Preparation, PreparationOptions, ReadingOptions } from './options.ts'
export { encodePictureSet, openPictureSet, type PictureSet, type SetData, setDigest } from './set.ts'
