// The weights of the classifier that features of digits are taken from, as they lie in the package.
import { fileURLToPath } from 'node:url'
import { decodeSafetensors, type SavedTensor } from '../formats/safetensors.ts'
import { readRegular } from './read.ts'

/** From src/node, or from a folder of dist. */
const FILE = new URL('../../assets/mnist_classifier.safetensors', import.meta.url)

/**
 * What `classifierFeatures` takes.
 * @example
 * const extractor = await classifierFeatures(runtime, await mnistClassifier())
 */
export const mnistClassifier = async (): Promise<ReadonlyMap<string, SavedTensor>> =>
  decodeSafetensors(await readRegular(fileURLToPath(FILE)), 'mnist_classifier.safetensors').tensors
