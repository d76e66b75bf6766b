// The pictures of the npm package emoji-datasource-google: 64×64, in colour, transparent around; their categories are classes.
// Source: https://github.com/iamcal/emoji-data, emoji.json. Invariant: pictures come in the order of emoji.json, skins after theirs.
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import type { PictureList } from '../pictures/make.ts'
import { pictureFile } from './picture_folder.ts'
import { readText } from './read.ts'

interface Emoji {
  readonly category?: unknown
  readonly image?: unknown
  readonly has_img_google?: unknown
  readonly skin_variations?: Readonly<Record<string, Emoji>>
}
const MOST = 2 ** 24
const isFile = (name: unknown): name is string => typeof name === 'string' && /^[\da-f-]+\.png$/.test(name)

/** @param folder of the package */
export async function emojiIn(folder: string): Promise<PictureList> {
  const path = join(folder, 'emoji.json')
  const wrong = (cause?: unknown) =>
    new GanglionError(`"${path}" is not what emoji-datasource-google has; install that again`, { cause })
  const list = await readText(path, MOST).then((text) => JSON.parse(text) as unknown).catch((cause) => { throw wrong(cause) })
  if (!Array.isArray(list)) throw wrong()
  const all = (list as Emoji[]).flatMap(({ skin_variations: skins, ...emoji }) => [
    emoji, ...Object.values(skins ?? {}).map((skin) => ({ ...skin, category: emoji.category })),
  ]).filter((emoji) => emoji.has_img_google === true)
  const classNames = [...new Set(all.map(({ category }) => category))].sort() as string[]
  if (!all.length || !all.every(({ category, image }) => typeof category === 'string' && isFile(image))) throw wrong()
  const files = all.map(({ image, category }) => (
    pictureFile(join(folder, 'img', 'google', '64', image as string), classNames.indexOf(category as string))))
  return { name: 'emoji', files, classNames }
}
