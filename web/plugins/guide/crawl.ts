// The pages of the guide: docs/, the API reference, and whatever files of the repository they link to. Invariant: each link leads
// to a page, a file beside it or another site; one that leads nowhere fails the build.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, posix } from 'node:path'
import { addressOf, API, between, kindOf } from './addresses.ts'
import { type Heading, highlighted, rendered, sectionsOf } from './markdown.ts'

export interface Page {
  /** From the root of the repository. */
  readonly source: string
  /** From guide/. */
  readonly address: string
  readonly title: string
  readonly headings: readonly Heading[]
  readonly body: string
}

export interface Group {
  readonly title: string
  readonly pages: readonly Page[]
}

export interface Crawled {
  readonly pages: readonly Page[]
  /** Files beside the pages, by their addresses: where they are. */
  readonly files: ReadonlyMap<string, string>
  /** What readers choose from: as docs/README.md has it, then the API. */
  readonly contents: readonly Group[]
}

const LANGUAGES: Readonly<Record<string, string>> = {
  '.mjs': 'javascript', '.js': 'javascript', '.ts': 'typescript', '.html': 'xml', '.json': 'json', '.py': 'python', '.css': 'css',
}

export function crawl(root: string): Crawled {
  const pages = new Map<string, Page>()
  const files = new Map<string, string>()
  const markdownIn = (folder: string) => (existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) : [])
    .filter((name) => extname(name) === '.md').map((name) => posix.join(folder, name.replaceAll('\\', '/'))).sort()
  const open = [...markdownIn('docs'), ...markdownIn(API)]

  /** The address of a file that a page names; it is made, too. */
  const named = (from: string, path: string): string => {
    const to = posix.join(posix.dirname(from), decodeURI(path)).replace(/\/$/, '')
    if (to.startsWith('..') || !existsSync(join(root, to))) throw new Error(`${from} links to "${path}", which is not there`)
    const kind = kindOf(root, to)
    const address = addressOf(to, kind)
    if (kind === 'file') files.set(address, join(root, to))
    else if (!pages.has(to)) open.push(to)
    return between(addressOf(from, kindOf(root, from)), address)
  }
  const link = (from: string) => (href: string): string => {
    if (/^([a-z]+:|\/\/|#)/i.test(href)) return href
    const [path, fragment] = href.split('#') as [string, string?]
    return named(from, path) + (fragment ? `#${fragment}` : '')
  }

  function made(source: string): Page {
    const kind = kindOf(root, source)
    const address = addressOf(source, kind)
    const headings: Heading[] = []
    const page = (title: string, body: string): Page => ({ source, address, title, headings, body })
    if (kind === 'folder') {
      const names = readdirSync(join(root, source)).filter((name) => !name.startsWith('.')).sort()
      const list = names.map((name) => `<li><a href="${named(`${source}/.`, name)}">${name}</a></li>`)
      return page(source, `<h1>${source}</h1>\n<ul>${list.join('\n')}</ul>`)
    }
    const text = readFileSync(join(root, source), 'utf8')
    if (kind === 'source') return page(source, `<h1>${source}</h1>\n${highlighted(text, LANGUAGES[extname(source)] ?? '')}`)
    const image = (src: string) => {
      const from = join(root, posix.dirname(source), src)
      return { src: link(source)(src), ...(existsSync(from) && { size: sizeOf(readFileSync(from)) }) }
    }
    const cell = (settings: string) => between(posix.join('guide', address), 'cell.html') + settings
    const body = rendered(text, { link: link(source), image, cell, headings })
    return page(headings.find(({ level }) => level === 1)?.text ?? source, body)
  }

  for (let source; (source = open.shift()) !== undefined;) if (!pages.has(source)) pages.set(source, made(source))
  const listed = (file: string, before = ''): Group[] => {
    const text = before + readFileSync(join(root, file), 'utf8')
    return sectionsOf(text).map(({ title, links }) => {
      const sources = new Set(links.map((href) => posix.join(posix.dirname(file), href.split('#')[0]!)))
      return { title, pages: [...sources].flatMap((source) => (extname(source) === '.md' ? pages.get(source) ?? [] : [])) }
    })
  }
  const index = `${API}/README.md`
  const reference = pages.has(index) ? listed(index, '**API reference** [](README.md)\n\n') : []
  const contents = [...listed('docs/README.md'), ...reference]
  return { pages: [...pages.values()], files, contents }
}

/** Width and height of a PNG or a GIF, by its header. */
function sizeOf(bytes: Uint8Array): [number, number] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (view.getUint32(0) === 0x89504e47) return [view.getUint32(16), view.getUint32(20)]
  return view.getUint32(0) === 0x47494638 ? [view.getUint16(6, true), view.getUint16(8, true)] : undefined
}
