// Markdown to HTML that needs no script and no inline style: code is highlighted, formulas are MathML, headings have the
// addresses that forges give them, or typedoc, and a link that stands alone and has a run's settings as its title is a live cell.
import hljs from 'highlight.js/lib/common'
import MarkdownIt from 'markdown-it'
import temml from 'temml'

export interface Heading {
  readonly level: number
  readonly text: string
  readonly id: string
}

/** What a page knows of where it stands. */
export interface Place {
  /** The address of what a link names. */
  link(href: string): string
  image(src: string): { readonly src: string, readonly size?: readonly [width: number, height: number] }
  /** The playground's small page, with settings. */
  cell(settings: string): string
  /** Filled while the page is made. */
  readonly headings: Heading[]
}

const md = new MarkdownIt({ html: true })
const { rules } = md.renderer
const { escapeHtml: escaped } = md.utils
/** What `rendered` gives to rules. */
const placeOf = (env: unknown) => env as Place

/** As forges make it of a heading, and as `test/guide.test.ts` does. */
const slugOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')

/** MathML. Its inline styles, which the page's policy refuses, only mend old browsers' spaces. */
export const mathml = (tex: string, displayMode: boolean): string =>
  temml.renderToString(tex, { displayMode, throwOnError: true }).replaceAll(/ style="[^"]*"/g, '')

export function highlighted(code: string, language: string): string {
  const known = hljs.getLanguage(language)
  return `<pre tabindex="0"><code>${known ? hljs.highlight(code, { language }).value : escaped(code)}</code></pre>\n`
}

// $…$ within a line, $$…$$ alone; a dollar with a space or a digit beside it is a dollar.
md.inline.ruler.after('escape', 'math', (state, silent) => {
  const [whole, display, inline] = /^(?:\$\$([^]+?)\$\$|\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d))/.exec(state.src.slice(state.pos)) ?? []
  if (whole === undefined) return false
  if (!silent) {
    const token = state.push('math', 'math', 0)
    token.content = (display ?? inline)!.trim()
    token.markup = display === undefined ? '$' : '$$'
  }
  state.pos += whole.length
  return true
})
rules['math'] = (tokens, i) => {
  const { content, markup } = tokens[i]!
  const display = markup === '$$'
  return display ? `<span class="formula" tabindex="0">${mathml(content, true)}</span>` : mathml(content, false)
}

md.core.ruler.push('live', ({ tokens }) => {
  tokens.forEach((token, i) => {
    const [open, label, close, more] = token.children ?? []
    const settings = String(open?.attrGet('title') ?? '')
    const alone = token.type === 'inline' && open?.type === 'link_open' && close?.type === 'link_close' && !more
    if (!alone || !settings.startsWith('#')) return
    token.type = 'live'
    token.meta = { settings, label: label!.content }
    tokens[i - 1]!.hidden = tokens[i + 1]!.hidden = true
  })
})
rules['live'] = (tokens, i, _, env) => {
  const { settings, label } = tokens[i]!.meta as { settings: string, label: string }
  const frame = `<iframe src="${escaped(placeOf(env).cell(settings))}" title="${escaped(label)}" loading="lazy"></iframe>`
  return `<figure class="live">${frame}</figure>\n`
}

rules['heading_open'] = (tokens, i, _, env) => {
  const { headings } = placeOf(env)
  const children = tokens[i + 1]!.children!
  // Typedoc's own, which it counts in its own way: "Name {#name-1}".
  const [mark, named] = / \{#([^}]+)\}$/.exec(children.at(-1)?.content ?? '') ?? []
  if (mark) children.at(-1)!.content = children.at(-1)!.content.slice(0, -mark.length)
  const text = children.map(({ content }) => content).join('')
  const slug = named ?? slugOf(text)
  const taken = new Set(headings.map((heading) => heading.id))
  let id = slug
  for (let more = 1; taken.has(id); more++) id = `${slug}-${more}`
  headings.push({ level: Number(tokens[i]!.tag.slice(1)), text, id })
  return `<${tokens[i]!.tag} id="${id}">`
}
rules['link_open'] = (tokens, i, options, env, self) => {
  tokens[i]!.attrSet('href', placeOf(env).link(String(tokens[i]!.attrGet('href'))))
  return self.renderToken(tokens, i, options)
}
rules['image'] = (tokens, i, _, env) => {
  const { src, size } = placeOf(env).image(String(tokens[i]!.attrGet('src')))
  const sized = size ? ` width="${size[0]}" height="${size[1]}"` : ''
  return `<img src="${escaped(src)}" alt="${escaped(tokens[i]!.content)}"${sized} loading="lazy">`
}
rules['fence'] = (tokens, i) => highlighted(tokens[i]!.content, tokens[i]!.info.trim())
rules['code_block'] = (tokens, i) => highlighted(tokens[i]!.content, '')
// What is wider than the page is scrolled, by keyboard too.
rules['table_open'] = (_, __, ___, env) => {
  const label = escaped(placeOf(env).headings.at(-1)?.text ?? '')
  return `<div class="table" tabindex="0" role="group" aria-label="Table: ${label}">\n<table>\n`
}
rules['table_close'] = () => '</table>\n</div>\n'
rules['html_block'] = (tokens, i) => (tokens[i]!.content.startsWith('<!--') ? '' : tokens[i]!.content)

export const rendered = (text: string, place: Place): string => md.render(text, { ...place })

export interface Section {
  readonly title: string
  readonly links: readonly string[]
}

/** What a page is a list of: bold words that begin a paragraph, and the links that follow each. */
export function sectionsOf(text: string): Section[] {
  const sections: { title: string, links: string[] }[] = []
  for (const { type, children } of md.parse(text, { headings: [] })) {
    if (type !== 'inline') continue
    const [strong, title] = children!.filter(({ type, content }) => type !== 'text' || content)
    if (strong?.type === 'strong_open') sections.push({ title: title!.content, links: [] })
    for (const child of children!) if (child.type === 'link_open') sections.at(-1)?.links.push(String(child.attrGet('href')))
  }
  return sections
}
