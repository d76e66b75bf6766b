// Every function that a user reaches, with arguments that are right. A test holds the list against the entries' exports.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as api from '../../src/entries/index.ts'
import * as exported from '../../src/export/index.ts'
import * as idx from '../../src/formats/idx.ts'
import * as metrics from '../../src/metrics/index.ts'
import * as more from '../../src/entries/models.ts'
import * as npy from '../../src/formats/npy.ts'
import * as npz from '../../src/formats/npz.ts'
import * as safetensors from '../../src/formats/safetensors.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import * as node from '../../src/node/index.ts'
import * as pictures from '../../src/pictures/index.ts'
import { conditional } from '../export/conditional.ts'
import { runtime } from '../harness.ts'

const {
  constant, input, imageDataset, initializers, layers, losses, Model, ops, optimizers, options, schedules, variable, vae,
} = api
export type Call = readonly [f: (...args: never[]) => unknown, args: () => readonly unknown[], named?: RegExp]

const definition = vae({ hidden: 4, latent: 2, imageShape: [2, 2, 1] })
const model = await Model.create(runtime, definition)
const classed = await Model.create(runtime, conditional(1))
const told = await Model.create(runtime, more.cvae({ classes: 2, filters: 2, hidden: 2, latent: 2, imageShape: [2, 2, 1] }))
const session = await runtime.session()
const data = imageDataset({ images: new Uint8Array(16), shape: [2, 2, 1] })
const x = input('x', [2, 3])
const square = input('square', [3, 3])
const image = input('image', [2, 4, 4, 3])
const vector = constant([1, 2, 3])
const own = variable('own', [2, 3], initializers.zeros())
const filter = input('filter', [2, 2, 3, 5])
const leaf = ops.dataset(new Uint8Array(16), [4, 4])
const program = api.compile({ group: 'program', stages: [{ outputs: { y: ops.mul(x, 2) } }] })
const fn = session.compile({ group: 'function', stages: [{ outputs: { y: ops.mul(x, 2) }, updates: [ops.assign(own, x)] }] })
fn.feed('x', new Float32Array(6))
const pass = new layers.Pass(true)
const folder = mkdtempSync(join(tmpdir(), 'ganglion-arguments-'))
const record = { kind: 'mine', summary: 'a model', options: { latent: options.option(options.count, 8, 'size of the code') } }
const png = node.encodePng({ width: 1, height: 1, channels: 1, pixels: new Uint8Array(1) })
const idxFile = idx.writeIdx([2, 1, 1], new Uint8Array(2))
const files = [new File([Uint8Array.from(png)], 'a.png')]
const set = await pictures.encodePictureSet(data)
const tensors = new Map([['a', { shape: [2], data: new Float32Array(2) }]])
const array = { shape: [2], data: Uint8Array.of(1, 2) }
const features = { values: Float32Array.of(1, 2, 4), width: 1 }
const classifier = await node.mnistClassifier()
const extractor = await metrics.randomFeatures(runtime, [8, 8, 1])
const op = {
  name: 'mine', shape: () => [2, 3], gradient: null, flops: () => 0,
  calls: () => [ops.kernelCall('abs_f32', { x: 0, y: 0, n: 6 })],
}

/** Functions of one tensor, of two that broadcast, and losses of labels and predictions. */
const unary = ['abs', 'accumulated', 'cos', 'erf', 'exp', 'expm1', 'floor', 'gelu', 'log', 'log1p', 'logSoftmax', 'negative',
  'reciprocal', 'relu', 'rsqrt', 'sigmoid', 'sign', 'sin', 'softmax', 'softplus', 'sqrt', 'square', 'stopGradient', 'swish',
  'tanh'] as const
const binary = [
  'add', 'div', 'equal', 'greater', 'greaterEqual', 'less', 'lessEqual', 'maximum', 'minimum', 'mul', 'sub',
] as const
const paired = ['binaryCrossentropy', 'categoricalCrossentropy', 'hinge', 'leastSquares', 'meanAbsoluteError', 'meanSquaredError',
  'sigmoidCrossEntropy', 'softmaxCrossEntropy', 'sumSquaredError'] as const
const all = <N extends string>(
  names: readonly N[], of: { readonly [K in N]: Call[0] }, where: string, args: () => readonly unknown[], named?: RegExp,
): Record<string, Call> => Object.fromEntries(names.map((name) => (
  [`${where}.${name}`, [of[name], args, named && new RegExp(`${name}|${named.source}`)]])))

/** @param of the object, so that methods are bound */
const method = <T extends object>(of: T, name: keyof T & string): Call[0] => (of[name] as Call[0]).bind(of)

export const FUNCTIONS: Readonly<Record<string, Call>> = {
  ...all(unary, ops, 'ops', () => [x]),
  ...all(binary, ops, 'ops', () => [x, 2]),
  ...all(['argMax', 'argMin'], ops, 'ops', () => [x, 0]),
  'ops.assign': [ops.assign, () => [own, x]],
  'ops.avgPool2d': [ops.avgPool2d, () => [image, { poolSize: 2, strides: 1, padding: 'same' }]],
  'ops.batch': [ops.batch, () => [leaf, 2, { shuffle: true, dropRemainder: true, scale: 1, offset: 0, first: 0 }]],
  'ops.batchNormalization': [ops.batchNormalization, () => [x, vector, vector, 1e-3]],
  'ops.batchNormalizationInference': [ops.batchNormalizationInference, () => [x, vector, vector, vector, vector, 1e-3]],
  'ops.bernoulli': [ops.bernoulli, () => [[2], 'a', 0.5, { value: 1 }]],
  'ops.broadcastTo': [ops.broadcastTo, () => [vector, [2, 3], 1]],
  'ops.cholesky': [ops.cholesky, () => [square, 0]],
  'ops.clip': [ops.clip, () => [x, 0, 1]],
  'ops.concat': [ops.concat, () => [[x, x], 0]],
  'ops.conv2d': [ops.conv2d, () => [image, filter, { strides: 1, padding: 'same', dilationRate: 1 }]],
  'ops.conv2dTranspose': [ops.conv2dTranspose, () => [
    image, input('back', [2, 2, 5, 3]), { strides: 1, padding: 'same', dilationRate: 1, extent: [4, 4] },
  ]],
  'ops.customGradient': [ops.customGradient, () => [x, [x], (dy: unknown) => [dy]]],
  'ops.dataset': [ops.dataset, () => [new Uint8Array(4), [2, 2]]],
  'ops.defineOp': [ops.defineOp, () => [op]],
  'ops.depthwiseConv2d': [ops.depthwiseConv2d, () => [image, filter, { strides: 1, padding: 'same' }]],
  'ops.dropout': [ops.dropout, () => [x, 0.5, 'a'], /dropout|bernoulli/],
  'ops.elu': [ops.elu, () => [x, 1]],
  'ops.fill': [ops.fill, () => [[2], 1]],
  'ops.gather': [ops.gather, () => [x, vector, 1]],
  'ops.groupNormalization': [ops.groupNormalization, () => [x, vector, vector, 3, 1e-3]],
  'ops.kernelCall': [ops.kernelCall, () => ['abs_f32', { x: 0, y: 0, n: 6 }, {}]],
  'ops.layerNormalization': [ops.layerNormalization, () => [x, vector, vector, 1e-3]],
  'ops.leakyReLU': [ops.leakyReLU, () => [x, 0.2]],
  'ops.logSumExp': [ops.logSumExp, () => [x, 0, { keepDims: true }]],
  'ops.matmul': [ops.matmul, () => [square, square, { transposeA: true, transposeB: true }]],
  'ops.max': [ops.max, () => [x, 0, { keepDims: true }]],
  'ops.maxPool2d': [ops.maxPool2d, () => [image, { poolSize: 2, strides: 1, padding: 'same' }]],
  'ops.mean': [ops.mean, () => [x, 0, { keepDims: true }]],
  'ops.movingAverage': [ops.movingAverage, () => [own, x, 0.9]],
  'ops.oneHot': [ops.oneHot, () => [vector, 3]],
  'ops.ones': [ops.ones, () => [[2]], /ones|fill/],
  'ops.pad': [ops.pad, () => [x, [[1, 0], [0, 1]], 0]],
  'ops.pow': [ops.pow, () => [x, 2]],
  'ops.randomNormal': [ops.randomNormal, () => [[2], 'a', { mean: 0, stddev: 1 }]],
  'ops.randomUniform': [ops.randomUniform, () => [[2], { name: 'a', first: 0, rows: 2 }, { minval: 0, maxval: 1 }]],
  'ops.reshape': [ops.reshape, () => [x, [3, -1]]],
  'ops.resizeBilinear': [ops.resizeBilinear, () => [image, [2, 2], { halfPixelCenters: false, alignCorners: true }]],
  'ops.resizeNearest': [ops.resizeNearest, () => [image, [2, 2], { halfPixelCenters: false, alignCorners: true }]],
  'ops.reverse': [ops.reverse, () => [x, 0]],
  'ops.roll': [ops.roll, () => [x, 1, 0]],
  'ops.slice': [ops.slice, () => [x, [0, 0], [1, -1]]],
  'ops.split': [ops.split, () => [x, [1, 2], 1]],
  'ops.stack': [ops.stack, () => [[x, x], 0]],
  'ops.step': [ops.step, () => []],
  'ops.sum': [ops.sum, () => [x, 0, { keepDims: true, scale: 1 }]],
  'ops.tile': [ops.tile, () => [x, [2, 1]]],
  'ops.transpose': [ops.transpose, () => [x, [1, 0]]],
  'ops.truncatedNormal': [ops.truncatedNormal, () => [[2], 'a', { mean: 0, stddev: 1 }]],
  'ops.variance': [ops.variance, () => [x, 0, { keepDims: true }]],
  'ops.where': [ops.where, () => [x, x, 0]],
  'ops.zeros': [ops.zeros, () => [[2]], /zeros|fill/],

  ...all(paired, losses, 'losses', () => [x, x], /\w+(Error|[cC]ross[eE]ntropy|Squares)|hinge/),
  'losses.gaussianKL': [losses.gaussianKL, () => [x, x]],
  'losses.logLoss': [losses.logLoss, () => [x, x, 1e-7]],

  ...all(['glorotNormal', 'glorotUniform', 'heNormal', 'heUniform'], initializers, 'initializers', () => [{ transposed: false }]),
  'initializers.constant': [initializers.constant, () => [1]],
  'initializers.ones': [initializers.ones, () => []],
  'initializers.randomNormal': [initializers.randomNormal, () => [{ mean: 0, stddev: 1 }]],
  'initializers.randomUniform': [initializers.randomUniform, () => [{ minval: 0, maxval: 1 }]],
  'initializers.truncatedNormal': [initializers.truncatedNormal, () => [{ mean: 0, stddev: 1 }]],
  'initializers.varianceScaling': [initializers.varianceScaling, () => [
    { scale: 1, mode: 'fanIn', distribution: 'uniform', transposed: false },
  ]],
  'initializers.zeros': [initializers.zeros, () => []],

  'layers.Pass': [(...args: ConstructorParameters<typeof layers.Pass>) => new layers.Pass(...args), () => [true, undefined, []]],
  'layers.activation': [layers.activation, () => ['relu', { name: 'a', trainable: true }]],
  'layers.averagePooling2d': [layers.averagePooling2d, () => [{ poolSize: 2, strides: 2, padding: 'same' }]],
  'layers.batchNormalization': [layers.batchNormalization, () => [{ momentum: 0.9, epsilon: 1e-3 }]],
  'layers.conv2d': [layers.conv2d, () => [{
    filters: 2, kernelSize: 3, strides: 1, padding: 'same', dilationRate: 1, activation: 'relu', useBias: true,
    kernelInitializer: initializers.zeros(), biasInitializer: initializers.zeros(), name: 'a', trainable: true,
  }]],
  'layers.conv2dTranspose': [layers.conv2dTranspose, () => [{ filters: 2, kernelSize: 3 }]],
  'layers.dense': [layers.dense, () => [{ units: 2 }]],
  'layers.depthwiseConv2d': [layers.depthwiseConv2d, () => [{ kernelSize: 3, depthMultiplier: 1 }]],
  'layers.dropout': [layers.dropout, () => [{ rate: 0.5 }]],
  'layers.embedding': [layers.embedding, () => [{ inputDim: 3, outputDim: 2 }]],
  'layers.flatten': [layers.flatten, () => [{ name: 'a' }]],
  'layers.freeze': [layers.freeze, () => [[layers.flatten()], true]],
  'layers.gaussianNoise': [layers.gaussianNoise, () => [{ stddev: 1 }]],
  'layers.globalAveragePooling2d': [layers.globalAveragePooling2d, () => [{ keepDims: true }]],
  'layers.groupNormalization': [layers.groupNormalization, () => [{ groups: 3, epsilon: 1e-3 }]],
  'layers.layer': [layers.layer, () => ['mine', { name: 'a' }, () => () => x]],
  'layers.layerNormalization': [layers.layerNormalization, () => [{ epsilon: 1e-3 }]],
  'layers.leakyReLU': [layers.leakyReLU, () => [{ alpha: 0.1 }]],
  'layers.maxPooling2d': [layers.maxPooling2d, () => [{ poolSize: 2 }]],
  'layers.parameters': [layers.parameters, () => [layers.dense({ units: 2 })]],
  'layers.residual': [layers.residual, () => ['name', [layers.flatten()], [layers.flatten()]]],
  'layers.reshape': [layers.reshape, () => [{ targetShape: [3] }]],
  'layers.resizing': [layers.resizing, () => [
    { height: 2, width: 2, interpolation: 'nearest', halfPixelCenters: false, alignCorners: false },
  ]],
  'layers.sequential': [layers.sequential, () => ['name', [layers.flatten()]]],
  'layers.spectralNormalization': [layers.spectralNormalization, () => [layers.flatten(), { powerIterations: 1 }]],
  'layers.upSampling2d': [layers.upSampling2d, () => [{ size: 2, interpolation: 'bilinear' }]],
  'a layer.apply': [method(layers.dense({ units: 2 }), 'apply'), () => [x, pass], /dense|scoped/],
  'a pass.stream': [method(pass, 'stream'), () => ['a']],
  'a pass.addUpdate': [method(pass, 'addUpdate'), () => [ops.assign(own, x)]],

  'optimizers.adam': [optimizers.adam, () => [
    { learningRate: 1e-3, beta1: 0.9, beta2: 0.9, epsilon: 0, epsilonHat: true, name: 'a' },
  ]],
  'optimizers.adamW': [optimizers.adamW, () => [{ weightDecay: 0.1 }]],
  'optimizers.addDecayedWeights': [optimizers.addDecayedWeights, () => [0.1]],
  'optimizers.centralize': [optimizers.centralize, () => []],
  'optimizers.chain': [optimizers.chain, () => [optimizers.centralize(), optimizers.centralize()]],
  'optimizers.clipByGlobalNorm': [optimizers.clipByGlobalNorm, () => [1]],
  'optimizers.clipByNorm': [optimizers.clipByNorm, () => [1]],
  'optimizers.clipByValue': [optimizers.clipByValue, () => [1]],
  'optimizers.globalNorm': [optimizers.globalNorm, () => [[x]]],
  'optimizers.rmsprop': [optimizers.rmsprop, () => [{ rho: 0.9, momentum: 0.9, epsilon: 1e-7 }]],
  'optimizers.sgd': [optimizers.sgd, () => [{ momentum: 0.9, nesterov: true }]],
  'an optimizer.apply': [method(optimizers.adam(), 'apply'), () => [[x], [own]], /adam/],

  'options.check': [options.check, () => ['owner', 'key', 1, options.count], /check|owner/],
  'options.complete': [options.complete, () => ['owner', { a: 1 }, { a: options.option(options.count, 1) }], /complete|owner/],
  'options.countUpTo': [options.countUpTo, () => [3]],
  'options.counts': [options.counts, () => [3, 'sizes']],
  'options.isNumbers': [options.isNumbers, () => [[1, 2]]],
  'options.oneOf': [options.oneOf, () => ['a', 'b']],
  'options.option': [options.option, () => [options.count, 1, 'a size']],
  'options.required': [options.required, () => [options.count]],
  'options.rule': [options.rule, () => ['a text', (x: unknown): x is string => typeof x === 'string', (x: string) => x !== '']],

  'schedules.cosine': [schedules.cosine, () => [{ initial: 1, steps: 10, alpha: 0.1 }]],
  'schedules.exponential': [schedules.exponential, () => [{ initial: 1, decayRate: 0.9, decaySteps: 10, staircase: true }]],
  'schedules.from': [schedules.from, () => [{ schedule: 'linear', initial: 1, final: 0, steps: 10 }], /schedule|linear/],
  'schedules.linear': [schedules.linear, () => [{ initial: 1, final: 0, steps: 10 }]],
  'schedules.piecewise': [schedules.piecewise, () => [{ boundaries: [1], values: [1, 2] }]],
  'schedules.warmup': [schedules.warmup, () => [{ steps: 10, then: 1, initial: 0 }]],
  'a schedule.at': [method(schedules.linear({ initial: 1, final: 0, steps: 10 }), 'at'), () => [constant(1)], /linear/],

  constant: [constant, () => [[1, 2], [2]]],
  input: [input, () => ['x', [2]]],
  variable: [variable, () => ['v', [2], initializers.zeros(), 'statistic']],
  isVariable: [api.isVariable, () => [own]],
  scoped: [api.scoped, () => ['name', () => 1]],
  sizeOf: [api.sizeOf, () => [[2, 3]]],
  gradients: [api.gradients, () => [ops.sum(x), [x], constant(1)]],
  compile: [api.compile, () => [
    { group: 'a', stages: [{ outputs: { y: ops.mul(x, 2) } }] }, { threads: 1, schedule: api.checkpointing },
  ]],
  ema: [api.ema, () => [[layers.flatten()], { decay: 0.9, name: 'a' }]],
  hyperparameter: [api.hyperparameter, () => ['rate', 1]],
  minimize: [api.minimize, () => [optimizers.adam(), ops.sum(x), [layers.flatten()], { transforms: [], metrics: {} }], /minimize|adam/],
  clipping: [api.clipping, () => [1], /clipping|clipByGlobalNorm/],
  accumulate: [api.accumulate, () => [[[]], [2], 'mean']],
  stepPieces: [api.stepPieces, () => [[[]], [2], 'mean']],
  treeSum: [api.treeSum, () => [[new Float32Array(2), new Float32Array(2)]]],
  trainingStages: [api.trainingStages, () => [{ train: () => [] }, { images: image }, pass], /trainingStages|train/],
  imageDataset: [imageDataset, () => [{
    images: new Uint8Array(4), shape: [2, 2, 1], name: 'a', labels: [...'1'].map(Number) && new Uint8Array(1), classes: 2,
    tensors: { mask: { data: new Uint8Array(1), shape: [] } },
  }]],
  take: [api.take, () => [data, 2]],
  imageGrid: [api.imageGrid, () => [new Float32Array(4), { shape: [2, 2, 1], columns: 1, scale: 1, gap: 1, range: [-1, 1] }]],
  interpolate: [api.interpolate, () => [new Float32Array(2), new Float32Array(2), { steps: 3, path: 'linear' }]],
  defineModel: [api.defineModel, () => [record, () => definition]],
  features: [api.features, () => []],
  createRuntime: [api.createRuntime, () => [
    { threads: 1, precision: 'deterministic', wide: false, core: new Uint8Array(8), worker: 'file:///a.js' },
  ], /createRuntime|core|wide/],
  ...Object.fromEntries(modelNames.map((kind): [string, Call] => {
    const initial = Object.entries(models[kind].options).map(([name, option]) => [name, option.initial])
    return [`models.${kind}`, [models[kind], () => [Object.fromEntries(initial)], new RegExp(`${kind}|variable`)]]
  })),

  'a value that options.check is given': [(value: unknown) => options.check('owner', 'key', value, options.count), () => [1], /owner/],
  'options that options.complete is given': [(given: object) => options.complete('owner', given, record.options), () => [{ latent: 3 }], /owner/],

  'Model.create': [Model.create.bind(Model), () => [runtime, definition, { seed: 1 }],
    /Model.create|train|evaluate|encode|decode|sampleCodes|importanceWeights|input|reshape/],
  'model.train': [method(model, 'train'), () => [data, {
    epochs: 1, batchSize: 2, accumulate: 2, checkpointing: true, steps: 1, signal: AbortSignal.abort(),
  }]],
  'model.fit': [method(model, 'fit'), () => [data, {
    epochs: 1, batchSize: 2, signal: AbortSignal.abort(), validation: data, callbacks: {}, checkpoint: () => undefined,
    earlyStopping: { monitor: 'loss', mode: 'min', patience: 1, minDelta: 0, restoreBest: false }, keepBest: { monitor: 'loss' },
  }], /fit|train/],
  'model.evaluate': [method(model, 'evaluate'), () => [data, { batchSize: 2 }]],
  'model.sample': [method(model, 'sample'), () => [2, { seed: 1 }]],
  'model.drawCodes': [method(model, 'drawCodes'), () => [2, { seed: 1 }], /sample|drawCodes/],
  'model.decode': [method(model, 'decode'), () => [new Float32Array(2), { seed: 1 }]],
  'model.encode': [method(model, 'encode'), () => [new Float32Array(4), { seed: 1 }]],
  'a model of classes.decode': [method(told, 'decode'), () => [new Float32Array(2), { seed: 1, classWeights: [0.5, 0.5] }]],
  'model.reconstruct': [method(model, 'reconstruct'), () => [new Float32Array(4), { seed: 1 }], /encode/],
  'model.weights': [method(model, 'weights'), () => []],
  'model.loadWeights': [method(model, 'loadWeights'), () => [model.weights(), { strict: true, rename: (n: string) => n }], /[wW]eights/],
  'model.hyperparameters': [method(model, 'hyperparameters'), () => []],
  'model.setHyperparameter': [method(model, 'setHyperparameter'), () => ['adam/learningRate', 1e-3]],
  'model.state': [method(model, 'state'), () => []],
  'model.loadState': [method(model, 'loadState'), () => [model.state()], /[sS]tate/],
  'model.digest': [method(model, 'digest'), () => []],

  'runtime.session': [method(runtime, 'session'), () => [1]],
  'session.compile': [method(session, 'compile'), () => [{ group: 'a', stages: [{ outputs: { y: ops.mul(x, 2) } }] }]],
  'session.load': [method(session, 'load'), () => [program]],
  'session.release': [method(session, 'release'), () => [session.load(program)]],
  'session.read': [method(session, 'read'), () => [own]],
  'session.write': [method(session, 'write'), () => [own, new Float32Array(6)]],
  'a function.feed': [method(fn, 'feed'), () => ['x', new Float32Array(6)], /input|feed/],
  'a function.run': [method(fn, 'run'), () => [1]],
  'a function.read': [method(fn, 'read'), () => ['y'], /output|read/],
  'a function.metrics': [method(fn, 'metrics'), () => []],
  'a function.clearMetrics': [method(fn, 'clearMetrics'), () => []],

  'idx.parseIdx': [idx.parseIdx, () => [idxFile, 'name'], /parseIdx|IDX/],
  'idx.idxLength': [idx.idxLength, () => [idxFile, 'name'], /idxLength|IDX/],
  'idx.writeIdx': [idx.writeIdx, () => [[2], new Uint8Array(2)]],
  'idx.imagesFromIdx': [idx.imagesFromIdx, () => [idxFile, 'name'], /imagesFromIdx|parseIdx/],
  'idx.withIdxLabels': [idx.withIdxLabels, () => [data, idx.writeIdx([4], new Uint8Array(4)), 'name'],
    /withIdxLabels|parseIdx|IDX|labels/],
  'npy.encodeNpy': [npy.encodeNpy, () => [array]],
  'npy.decodeNpy': [npy.decodeNpy, () => [npy.encodeNpy(array), 'name'], /NPY/i],
  'npz.encodeNpz': [npz.encodeNpz, () => [new Map([['a', array]]), { compress: true }]],
  'npz.decodeNpz': [npz.decodeNpz, () => [npz.encodeNpz(new Map([['a', array]])), 'name', { maxBytes: 4096 }], /NPZ|zip/i],
  'safetensors.encodeSafetensors': [safetensors.encodeSafetensors, () => [tensors, { key: 'value' }]],
  'safetensors.safetensorsShapes': [safetensors.safetensorsShapes, () => [safetensors.encodeSafetensors(tensors), 'name'],
    /safetensors/i],
  'safetensors.decodeSafetensors': [safetensors.decodeSafetensors, () => [safetensors.encodeSafetensors(tensors), 'name'],
    /decodeSafetensors|safetensors/],
  'pictures.decodePicture': [pictures.decodePicture, () => [png, 'name', 4096]],
  'pictures.datasetFromFiles': [pictures.datasetFromFiles, () => [files, {
    split: 'train', size: 2, fit: 'cover', background: 'white', channels: 1, bits: 8, skipBroken: false,
    maxBytes: 4096, workers: 0,
  }], /datasetFromFiles|the files that were given|"pictures"/],
  'pictures.encodePictureSet': [pictures.encodePictureSet, () => [data, data]],
  'pictures.openPictureSet': [pictures.openPictureSet, () => [set, 'name'], /openPictureSet|picture set|safetensors/],
  'pictures.setDigest': [pictures.setDigest, () => [set, 'name'], /setDigest|picture set|safetensors/],

  'export.importWeights': [exported.importWeights, () => [model, new Map(model.weights()), 'a file'],
    /importWeights|weights|does not fit/],
  'export.partsOf': [exported.partsOf, () => [definition]],
  'export.exportModel': [
    exported.exportModel, () => [classed, 'npz', { part: 'decoder', count: 1, seed: 1, classNames: ['a'] }],
  ],

  'metrics.randomFeatures': [metrics.randomFeatures, () => [runtime, [8, 8, 1]]],
  'metrics.classifierFeatures': [metrics.classifierFeatures, () => [runtime, classifier]],
  'metrics.gaussian': [metrics.gaussian, () => [features]],
  'metrics.frechetDistance': [metrics.frechetDistance, () => [metrics.gaussian(features), metrics.gaussian(features)]],
  'metrics.kernelDistance': [metrics.kernelDistance, () => [features, features]],
  'metrics.neighbourhood': [metrics.neighbourhood, () => [features, features, { neighbours: 1 }]],
  'metrics.compareFeatures': [metrics.compareFeatures, () => [features, features, { neighbours: 1, pairs: 3 }],
    /compareFeatures|gaussian|kernelDistance|neighbourhood/],
  'metrics.gaussianMixture': [metrics.gaussianMixture, () => [features, {
    components: 2, iterations: 1, tolerance: 0.1, ridge: 0.1, seed: 1,
  }]],
  'metrics.drawMixture': [metrics.drawMixture, () => [runtime, metrics.gaussianMixture(features, { components: 2 }), 2, {
    seed: 1,
  }]],
  'metrics.negativeLogLikelihood': [metrics.negativeLogLikelihood, () => [model, data, { codes: 1 }]],
  'a FeatureExtractor.of': [method(extractor, 'of'), () => [new Float32Array(64)], /random-conv-128/],

  'models.augmented': [more.augmented, () => [definition, 'flip,shift']],

  'node.mnistClassifier': [node.mnistClassifier, () => []],
  'node.decodePng': [node.decodePng, () => [png, 'name'], /decodePng|PNG/],
  'node.encodePng': [node.encodePng, () => [{ width: 1, height: 1, channels: 1, pixels: new Uint8Array(1) }]],
  'node.defineFor': [node.defineFor, () => [[28, 28, 1], 'vae', { latent: 2 }, 10], /defineFor|vae/],
  'node.samplesPng': [node.samplesPng, () => [model, { count: 2, seed: 1, columns: 1 }], /samplesPng|picture/],
  'node.reconstructionsPng': [node.reconstructionsPng, () => [model, data, [0, 1], { columns: 1 }], /reconstructionsPng|scaledImages/],
  'node.interpolationsPng': [node.interpolationsPng, () => [told, {
    rows: 1, steps: 2, seed: 1, label: 0, toLabel: 1, sameCode: true,
  }], /interpolationsPng|picture|sample/],
  'node.scaledImages': [node.scaledImages, () => [data, [0]]],
  'node.loadDataset': [node.loadDataset, () => [folder, { split: 'train' }], /loadDataset|dataset|folder/],
  'node.openDataset': [node.openDataset, () => [folder, { memory: 1000 }], /openDataset|cannot/],
  'node.loadConfig': [node.loadConfig, () => [folder], /loadConfig|config|run folder/],
  'node.loadRun': [node.loadRun, () => [folder, { runtime, state: true, define: () => definition }], /loadRun|run/],
  'node.saveRun': [node.saveRun, () => [folder, model], /saveRun|write/],
  'node.saveConfig': [node.saveConfig, () => [folder, { format: 1, model: { kind: 'vae', options: {} }, training: { seed: 1 } }],
    /saveConfig|config.json/],
  'node.prepareRunFolder': [node.prepareRunFolder, () => [join(folder, 'new'), { force: true }], /prepareRunFolder|folder/],
  'node.writeFileAtomic': [node.writeFileAtomic, () => [join(folder, 'file'), 'text'], /writeFileAtomic|write/],
}

/** What entries export that is no function to call with arguments, or is one in the list under another name. */
export const OTHERS: readonly string[] = ['metrics.FeatureExtractor',
  'GanglionError', 'ThreadError', 'TrainingError', 'Runtime', 'Tensor', 'Model',
  'safetensors.readLayout', 'safetensors.writtenOrder', 'npy.imagesInNpy', 'idx.imagesInIdx']
