// What the playground and the page of `ganglion watch` both say: the texts of parts that they share.
import { computed } from '@preact/signals'
import { type Language, language } from './language.ts'

const en = {
  skip: 'Skip to the content',
  theme: { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  step: 'Step', epoch: 'Epoch', speed: 'Images a second',
  samples: 'Samples', reconstructions: 'Originals and reconstructions',
  loss: 'Loss', lossTable: 'The figures as a table',
  metrics: {
    loss: 'Loss', reconstruction: 'Reconstruction', kl: 'KL divergence', test: 'Loss on test images',
    discriminator: 'Discriminator', generator: 'Generator', real: 'Real images', made: 'Made images',
  } as Readonly<Record<string, string>>,
  map: 'Latent map',
}

const zh: typeof en = {
  skip: '跳到正文',
  theme: { auto: '主题：跟随系统', light: '主题：浅色', dark: '主题：深色' },
  step: '步数', epoch: '轮次', speed: '每秒图像',
  samples: '样本', reconstructions: '原图与重建',
  loss: '损失', lossTable: '以表格显示数值',
  metrics: {
    loss: '损失', reconstruction: '重建误差', kl: 'KL 散度', test: '测试图像的损失',
    discriminator: '判别器', generator: '生成器', real: '真实图像', made: '生成图像',
  },
  map: '潜空间地图',
}

export const shared: Readonly<Record<Language, typeof en>> = { en, zh }
export const words = computed(() => shared[language.value])
