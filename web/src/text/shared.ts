// What the playground and the page of `ganglion watch` both say: the texts of parts that they share.
import type { Language } from './language.ts'

const en = {
  skip: 'Skip to the content',
  theme: { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  step: 'Step', epoch: 'Epoch', speed: 'Images a second',
  samples: 'Samples', reconstructions: 'Originals and reconstructions',
  loss: 'Loss', lossTable: 'The figures as a table',
  metrics: {
    loss: 'Loss', reconstruction: 'Reconstruction', kl: 'KL divergence', test: 'Loss on test images',
    discrepancy: 'Discrepancy', commitment: 'Commitment', prior: 'Prior', perplexity: 'Perplexity',
    discriminator: 'Discriminator', generator: 'Generator', real: 'Real images', made: 'Made images',
  } as Readonly<Record<string, string>>,
  map: 'Latent map',
  mapHelp: 'Images where the encoder puts them, coloured by class. Point anywhere, or use the arrow keys, to see that place.',
  mapAlt: 'The codes of up to 1,000 images in the plane in which they differ most',
  classes: 'Go to a class', classOf: (label: string) => `The middle of class ${label}`,
  decodedAlt: 'The image that the model makes of this code',
}

const zh: typeof en = {
  skip: '跳到正文',
  theme: { auto: '主题：跟随系统', light: '主题：浅色', dark: '主题：深色' },
  step: '步数', epoch: '轮次', speed: '每秒图像',
  samples: '样本', reconstructions: '原图与重建',
  loss: '损失', lossTable: '以表格显示数值',
  metrics: {
    loss: '损失', reconstruction: '重建误差', kl: 'KL 散度', test: '测试图像的损失',
    discrepancy: '与先验的差异', commitment: '承诺损失', prior: '先验损失', perplexity: '困惑度',
    discriminator: '判别器', generator: '生成器', real: '真实图像', made: '生成图像',
  },
  map: '潜空间地图',
  mapHelp: '图像在编码器中的位置，按类别着色。指向任意一处或使用方向键，即可看到那里的图像。',
  mapAlt: '至多 1,000 张图像的编码，位于差异最大的平面上',
  classes: '前往某一类', classOf: (label) => `第 ${label} 类的中心`,
  decodedAlt: '模型由此编码生成的图像',
}

export const shared: Readonly<Record<Language, typeof en>> = { en, zh }
