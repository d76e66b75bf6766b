// What the page of `ganglion watch` says beside the texts that it shares.
import { computed, effect } from '@preact/signals'
import { nameOf } from '../parts/figures.tsx'
import { type Language, language } from '../text/language.ts'
import { shared } from '../text/shared.ts'
import { isOnTest, trainedName } from './compare.ts'

const en = {
  ...shared.en,
  title: 'Ganglion: runs',
  tagline: 'Runs on this machine, as they are trained.',
  opening: 'Looking for runs …',
  lost: '“ganglion watch” does not answer: it has ended, perhaps. What is shown is what it told last. '
    + 'Start it again, and open the address that it prints.',
  runs: 'Runs', runsHelp: (most: string) => `Choose up to ${most} to see beside each other.`,
  run: 'Run', model: 'Model', status: 'Status', seen: 'Epochs',
  of: (epoch: string, epochs: string) => `${epoch} of ${epochs}`,
  states: { training: 'Training', ended: 'Ended', stopped: 'Stopped' },
  curves: 'Curves', curvesHelp: 'Means over each epoch, as it was trained; of test images, after it.', figure: 'Figure',
  onTest: (figure: string) => `${figure}, test images`,
  noFigures: 'There are figures after the first epoch.',
  samplesHelp: 'Images made of noise that stays the same.',
  reconstructionsHelp: 'Images above what the model makes of them.',
  untilNow: 'Steps before the pictures', newest: 'the newest',
  samplesAlt: (run: string, when: string) => `Samples of ${run}, ${when}`,
  reconstructionsAlt: (run: string, when: string) => `Originals and reconstructions of ${run}, ${when}`,
  afterEpoch: (epoch: string) => `epoch ${epoch}`, afterStep: (step: string) => `step ${step}`, before: 'before training',
  noPicture: 'There is no such picture.',
  mapping: 'Encoding images …',
  options: 'Options', option: 'Option', optionsHelp: 'What the run was told.',
  differ: 'Options that differ', differHelp: 'What the runs were told that is not the same in all of them.',
  alike: 'All options are the same in these runs.',
  none: 'No run is chosen.',
}

const zh: typeof en = {
  ...shared.zh,
  title: 'Ganglion：训练',
  tagline: '本机上的训练，实时显示。',
  opening: '正在查找训练……',
  lost: '“ganglion watch”没有响应，可能已经结束。所示为它最后报告的内容。请重新启动它，并打开它给出的网址。',
  runs: '训练', runsHelp: (most) => `最多选择 ${most} 个，并排查看。`,
  run: '训练', model: '模型', status: '状态', seen: '轮次',
  of: (epoch, epochs) => `${epoch} / ${epochs}`,
  states: { training: '训练中', ended: '已完成', stopped: '已停止' },
  curves: '曲线', curvesHelp: '每轮训练中的平均值；测试图像的数值在该轮之后计算。', figure: '数值',
  onTest: (figure) => `${figure}（测试图像）`,
  noFigures: '第一轮结束后才有数值。',
  samplesHelp: '由始终不变的噪声生成的图像。',
  reconstructionsHelp: '上为原图，下为模型的重建。',
  untilNow: '图片之前的步数', newest: '最新',
  samplesAlt: (run, when) => `${run} 的样本，${when}`,
  reconstructionsAlt: (run, when) => `${run} 的原图与重建，${when}`,
  afterEpoch: (epoch) => `第 ${epoch} 轮`, afterStep: (step) => `第 ${step} 步`, before: '训练之前',
  noPicture: '没有这张图片。',
  mapping: '正在编码图像……',
  options: '选项', option: '选项', optionsHelp: '此次训练的设置。',
  differ: '不同的选项', differHelp: '各次训练中不完全相同的设置。',
  alike: '这些训练的选项完全相同。',
  none: '没有选择任何训练。',
}

const dictionaries: Readonly<Record<Language, typeof en>> = { en, zh }
export const text = computed(() => dictionaries[language.value])
effect(() => {
  document.title = text.value.title
})

/** A figure's name as the page says it. */
export const figureName = (name: string): string => (
  isOnTest(name) ? text.value.onTest(nameOf(trainedName(name))) : nameOf(name))
