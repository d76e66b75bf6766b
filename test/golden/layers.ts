// Our layers by the names that the golden models give them.
export type Kind = 'A' | 'B' | 'C' | 'D' | 'E'

const DENSE_GAN = {
  g1: 'generator/dense', g2: 'generator/dense_1', g3: 'generator/dense_2',
  d1: 'discriminator/dense', d2: 'discriminator/dense_1', d3: 'discriminator/dense_2',
}

const LAYERS: Record<Kind, Readonly<Record<string, string>>> = {
  A: {
    c1: 'encoder/conv2d', c2: 'encoder/conv2d_1',
    t1: 'decoder/conv2dTranspose', t2: 'decoder/conv2dTranspose_1', t3: 'decoder/conv2dTranspose_2',
  },
  B: { e1: 'encoder/dense', mu: 'mean', lv: 'logvar', d1: 'decoder/dense', d2: 'decoder/dense_1' },
  C: DENSE_GAN,
  D: {
    gf: 'generator/dense', gn0: 'generator/batchNormalization', gt1: 'generator/conv2dTranspose',
    gn1: 'generator/batchNormalization_1', gt2: 'generator/conv2dTranspose_1',
    dc1: 'discriminator/conv2d', dc2: 'discriminator/conv2d_1', dn: 'discriminator/batchNormalization', df: 'discriminator/dense',
  },
  E: DENSE_GAN,
}

/** Our variables by the oracle's names. */
export function variableName(kind: Kind, name: string): string {
  const [layer, part] = name.split('.') as [string, string]
  return `${LAYERS[kind][layer]}/${{ w: 'kernel', b: 'bias' }[part] ?? part}`
}
