// platform.ts for a Web Worker of a page that test/runtimes/converse.ts has opened; the server's root is the repository's.
type Platform = typeof import('./platform.ts')

const { href, search } = globalThis.location
/** Of the site, whose headers are those of the page. */
const root = href.slice(0, href.indexOf('bench/peers/'))

export const args: Platform['args'] = search.slice(1).split('+').filter((arg) => arg)

const [, name = 'browser', version = navigator.userAgent] = /(Firefox|Chrome)\/([\d.]+)/.exec(navigator.userAgent) ?? []
export const engine: Platform['engine'] = { [name]: version }

export const addressOf: Platform['addressOf'] = (folder) => `${root}bench/peers/node_modules/${folder}/`

/** At once, as Node does it: a Web Worker may wait. */
export const readFile: Platform['readFile'] = (file) => {
  const request = new XMLHttpRequest()
  request.open('GET', root + file, false)
  request.responseType = 'arraybuffer'
  request.send()
  if (request.status !== 200) throw new Error(`${file}: ${request.status} ${request.statusText}`)
  return new Uint8Array(request.response as ArrayBuffer)
}

export const processorTime: Platform['processorTime'] = () => null

/** What is posted is an answer, '' where there was no question; the response is the next question, or '' after a while without one. */
export const converse: Platform['converse'] = async (answer) => {
  for (let said = ''; ;) {
    const line = await (await fetch(`${root}turn`, { method: 'POST', body: said })).text()
    said = line && (await answer(line))
  }
}
