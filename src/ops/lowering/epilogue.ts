// What a product or convolution does to its result while that is in registers: a bias for the last axis, then an activation.
import { Activation } from '../../graph/contract.generated.ts'
import type { Attrs, Places, Tensor } from '../../graph/tensor.ts'

/** What a fused op does to its result before storing it. */
export interface Epilogue {
  readonly bias: boolean
  /** 'linear', or the name of an op. */
  readonly activation: string
  /** The slope of leakyReLU. */
  readonly alpha: number
}

/** Attributes of every op that ends in an epilogue. */
export interface EpilogueAttrs extends Attrs {
  readonly epilogue: Epilogue
}

/** The core's number of each activation, by the op's name. */
const NUMBERS = new Map<string, number>([
  ['linear', Activation.LINEAR], ['relu', Activation.RELU], ['leakyReLU', Activation.LEAKY_RELU],
])
/** Whether an op can be the activation of an epilogue. */
export const isActivation = (op: string): boolean => NUMBERS.has(op)

export const PLAIN: Epilogue = { bias: false, activation: 'linear', alpha: 0 }

/** The fields of a kernel that ends in an epilogue. */
export interface EpilogueFields {
  readonly bias: number
  readonly activation: number
  readonly alpha: number
}

/** Of an op with an epilogue; its bias is the last input. */
export function epilogueOf(node: Tensor<EpilogueAttrs>, at: Places): EpilogueFields {
  const { bias, activation, alpha } = node.attrs.epilogue
  return { bias: bias ? at.inputs.at(-1)! : 0, activation: NUMBERS.get(activation)!, alpha }
}

/** What follows a product: nothing. */
export const NO_EPILOGUE: EpilogueFields = { bias: 0, activation: Activation.LINEAR, alpha: 0 }
