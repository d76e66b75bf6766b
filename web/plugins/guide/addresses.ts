// Which file of the repository is which page of the site. Invariant: two files have two addresses, all of them below guide/.
import { readFileSync, statSync } from 'node:fs'
import { extname, posix } from 'node:path'

const { join, relative, dirname } = posix
/** Where `npm run docs` writes the API reference. */
export const API = 'build/api'

/** Text of more bytes, and what is no text, is handed out as it is. */
const MOST_SOURCE = 200_000

/** What becomes of a file: a page of its markdown, of its source or of a folder's list, or the file itself. */
export type Kind = 'markdown' | 'source' | 'folder' | 'file'

export function kindOf(root: string, path: string): Kind {
  const info = statSync(join(root, path))
  if (info.isDirectory()) return 'folder'
  if (extname(path) === '.md') return 'markdown'
  if (path.startsWith('docs/') || info.size > MOST_SOURCE) return 'file'
  return readFileSync(join(root, path)).includes(0) ? 'file' : 'source'
}

/** The address of a file, from guide/. Pages of docs/ have it to themselves; the rest of the repository has a folder. */
export function addressOf(path: string, kind: Kind): string {
  const place = path.startsWith('docs/') ? path.slice('docs/'.length)
    : path.startsWith(`${API}/`) ? join('api', path.slice(API.length + 1)) : join('repository', path)
  if (kind === 'file') return place
  if (kind === 'folder') return join(place, 'index.html')
  return kind === 'source' ? `${place}.html` : place.replace(/(^|\/)README\.md$/, '$1index.md').replace(/\.md$/, '.html')
}

/** A link from one address to another. */
export const between = (from: string, to: string): string => relative(dirname(from), to)
