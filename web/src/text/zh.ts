// Simplified Chinese.
import type { Texts } from './en.ts'

export const zh: Texts = {
  title: 'Ganglion：看着模型训练',
  tagline: '自编码器、VAE 与 GAN，就在本页训练。同一种子，处处逐位相同。',
  skip: '跳到正文',
  views: { train: '训练', inside: '内部', take: '导出', verify: '验证', bench: '测速' },
  language: '语言',
  theme: { auto: '主题：跟随系统', light: '主题：浅色', dark: '主题：深色' },

  run: '运行', pause: '暂停', single: '单步', restart: '重新开始',
  controls: '控制',
  status: { starting: '启动中', running: '训练中', paused: '已暂停', failed: '已停止' },
  step: '步数', epoch: '轮次', speed: '每秒图像', threads: '线程',
  failed: (why) => `训练已停止：${why}`,
  oneThread: '单线程：本页未隔离',

  settings: '设置',
  settingsHelp: '任何改动都会开始新的训练。所有设置都在网址里。',
  model: '模型', batch: '批大小', latent: '潜变量维数', rate: '学习率', seed: '种子', steps: '取摘要的步数',
  data: '数据', dataOf: 'MNIST 数字：5,000 张用于训练，1,000 张用于查看',
  defaults: '默认值', newSeed: '换一个种子',
  models: {
    autoencoder: '卷积自编码器：把每个数字压成小小的编码，再画出来。',
    vae: '变分自编码器：编码服从正态分布，因此可以由噪声画出新的数字。',
    gan: '生成对抗网络：生成器学着骗过判别器，判别器学着不被骗。',
    lsgan: '最小二乘 GAN：以平方为损失，梯度不易消失。',
    dcgan: '深度卷积 GAN：数字最清晰，也最慢。',
  },

  samples: '样本', samplesHelp: '由始终不变的噪声生成的六十四张图像。',
  samplesAlt: (step) => `第 ${step} 步时，模型由固定噪声生成的 64 张图像`,
  reconstructions: '原图与重建',
  reconstructionsHelp: '上排是训练从未见过的数字，下排是模型的重建。',
  reconstructionsAlt: (step) => `第 ${step} 步时，模型对它们的重建`,
  originalsAlt: '十张测试数字，每类一张',
  loss: '损失', lossHelp: '自上一点以来各批的平均值。',
  lossTable: '以表格显示数值',
  metrics: {
    loss: '损失', reconstruction: '重建误差', kl: 'KL 散度', test: '测试图像的损失',
    discriminator: '判别器', generator: '生成器',
  },

  bits: '同一种子，逐位相同',
  bitsHelp: '摘要是全部权重与计数器的 SHA-256。这些设置在任何浏览器中都得到同一个摘要。',
  before: (step) => `摘要将在第 ${step} 步取得。`,
  at: (step) => `第 ${step} 步的摘要`,
  expected: '预期', reached: '得到',
  waiting: (step) => `第 ${step} 步`,
  same: '已复现：本浏览器得到了预期的摘要，逐位相同。',
  different: '未复现：本浏览器得到的摘要与链接所承诺的不同。',
  promised: (step) => `此链接承诺了第 ${step} 步的摘要，训练自会揭晓。`,
  copy: '复制可复现此结果的链接', copied: '已复制',
}
