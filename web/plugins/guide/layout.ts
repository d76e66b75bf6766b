// A page of the guide around its text: what the browser is told, the top, the contents, the text, the pages before and after.
import { POLICY } from '../policy.ts'
import { API, between } from './addresses.ts'
import type { Crawled, Page } from './crawl.ts'

/** Addresses from the root of the site. */
export interface Assets {
  readonly script: string
  readonly styles: readonly string[]
  /** Vite's own script, which writes into the page while it is developed. */
  readonly developing?: boolean
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const INDEX = 'index.html'
/** Headings that the contents name, of the page that is read. */
const MOST_HEADINGS = 40

const LOGO = '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect class="ground" width="32" height="32" rx="9"/>' +
  '<path d="M8 10.5 16 16m0 0 8-5.5M16 16v8" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/><g fill="#fff">' +
  '<circle cx="7.5" cy="10" r="3"/><circle cx="24.5" cy="10" r="3"/><circle cx="16" cy="25" r="3"/>' +
  '<circle cx="16" cy="16" r="3.6"/></g></svg>'

/** What readers choose from; of the page that they read its sections too. */
function contentsOf(page: Page, { contents }: Crawled): string {
  const within = page.headings.filter(({ level }) => level === 2)
  const sections = within.length > 1 && within.length <= MOST_HEADINGS
    ? `<ol>${within.map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`).join('\n')}</ol>` : ''
  const item = (to: Page) => `<li>${linkTo(page, to)}${to === page ? sections : ''}</li>`
  return contents.map(({ title, pages }) => `<h2>${escaped(title)}</h2>\n<ul>${pages.map(item).join('\n')}</ul>`).join('\n')
}

const linkTo = (from: Page, to: Page): string =>
  `<a href="${between(from.address, to.address)}"${from === to ? ' aria-current="page"' : ''}>${escaped(to.title)}</a>`

/** The pages before and after it, in the order of the contents. */
function aroundOf(page: Page, { contents }: Crawled): string {
  const order = contents.flatMap(({ pages }) => pages)
  const here = order.indexOf(page)
  if (here < 0) return ''
  const link = (to: Page | undefined, rel: string, word: string) => (to
    ? `<a href="${between(page.address, to.address)}" rel="${rel}"><span>${word}</span>${escaped(to.title)}</a>` : '')
  const links = link(order[here - 1], 'prev', 'Before') + link(order[here + 1], 'next', 'Next')
  return `<nav class="around" aria-label="Before and after">${links}</nav>`
}

export function pageOf(page: Page, crawled: Crawled, { script, styles, developing }: Assets): string {
  const root = between(`guide/${page.address}`, '')
  const at = (file: string) => `${root}/${file}`
  const index = between(page.address, INDEX)
  const policy = `<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">`
  const list = contentsOf(page, crawled)
  const api = crawled.pages.find(({ source }) => source === `${API}/README.md`)?.address
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${developing ? '' : policy}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(page.title)} – Ganglion</title>
<link rel="icon" href="${at('icon.svg')}" type="image/svg+xml">
${styles.map((style) => `<link rel="stylesheet" href="${at(style)}">`).join('\n')}
<script type="module" src="${at(script)}" blocking="render"></script>
</head>
<body>
<header class="top" data-root="${root}/">
<a class="skip" href="#main">Skip to the content</a>
<a class="brand" href="${index}">${LOGO}<span>Ganglion</span></a>
<nav aria-label="Ganglion">
<a href="${at(INDEX)}">Playground</a>
<a href="${index}"${page.address === INDEX ? ' aria-current="page"' : ''}>Guide</a>
${api ? `<a href="${between(page.address, api)}"${page.address === api ? ' aria-current="page"' : ''}>API</a>` : ''}
</nav>
<div class="tools"></div>
</header>
<div class="page">
<nav class="contents" aria-label="Contents"><details><summary>Contents</summary>
${list}
</details></nav>
<nav class="side" aria-label="Contents">
${list}
</nav>
<main id="main" tabindex="-1">
<article>
${page.body}</article>
${aroundOf(page, crawled)}
</main>
</div>
</body>
</html>
`
}
