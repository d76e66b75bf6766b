// One HTML file that draws pictures: the module in base64, the page's script and style, and a policy that allows these two and
// nothing else, by their hashes. Invariant: the file names no address, so that opening it fetches nothing.
import { GanglionError } from '../../errors.ts'
import { sha256 } from '../../formats/sha256.ts'
import { encodeUtf8 } from '../../formats/utf8.ts'
import { base64 } from '../base64.ts'
import type { Source } from '../source.ts'
import { standalone } from '../wasm/write.ts'
import type { Precision } from '../wasm/pack.ts'
import { leadingDirections } from './directions.ts'
import { script, style } from './page.generated.ts'

/** @throws GanglionError where images have neither one nor three channels */
export async function pageOf(source: Source, precision: Precision): Promise<string> {
  const { model, facts } = source
  const channels = facts.imageShape[2]!
  if (channels !== 1 && channels !== 3) {
    throw new GanglionError(`the ${facts.kind}'s images have ${channels} channels, and a page shows 1 (grey) or 3 (RGB)`)
  }
  const module = await standalone(source, { precision, as: 'core' })
  const gaussian = !model.definition.sampleCodes
  const directions = { gaussian, vectors: leadingDirections(model, model.session.seed) }
  const hashes = await Promise.all([script, style].map(hashOf))
  return page(source.facts, hashes as [string, string], base64(module), JSON.stringify(directions))
}

const hashOf = async (text: string): Promise<string> => {
  const hex = await sha256([encodeUtf8(text)])
  return base64(Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16)))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!)

const page = (
  { kind, digest, ganglion }: Source['facts'], [scriptHash, styleHash]: readonly [string, string], module: string,
  directions: string,
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${scriptHash}' 'wasm-unsafe-eval'; \
style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pictures by the ${escaped(kind)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Pictures by the ${escaped(kind)}</h1>
<p>A generator that was trained with Ganglion draws them on this page. The same seed gives the same pictures, everywhere.</p>
</header>
<main>
<section class="draw" aria-labelledby="draw-title">
<h2 id="draw-title">Draw</h2>
<form id="draw">
<label for="seed">Seed</label>
<input id="seed" type="number" min="0" max="9007199254740991" step="1" required>
<button class="main">Draw</button>
<button id="next" type="button">Next seed</button>
</form>
<fieldset id="classes" hidden><legend>Class</legend></fieldset>
<fieldset id="pictures"><legend class="unseen">Choose a picture to change</legend></fieldset>
<div class="row"><button id="save-all" type="button">Save all as PNG</button><p id="status" role="status"></p></div>
</section>
<section class="change" aria-labelledby="change-title">
<h2 id="change-title">Change the chosen picture</h2>
<canvas id="large" role="img" aria-label="The chosen picture, changed"></canvas>
<fieldset id="directions"><legend class="unseen">Directions of change, the strongest first</legend></fieldset>
<div class="row"><button id="save" type="button">Save as PNG</button><button id="reset" type="button">Reset</button></div>
</section>
<section class="walk" aria-labelledby="walk-title">
<h2 id="walk-title">Walk from the chosen picture to another</h2>
<div class="row"><label for="to">To</label><select id="to"></select>
<label class="slider"><span>Way</span><input id="way" type="range" min="0" max="100" value="0">\
<output id="percent">0 %</output></label></div>
<div id="strip" role="img" aria-label="Pictures on the walk, from the chosen one to the other"></div>
</section>
</main>
<noscript><p>The pictures are drawn by a script, and scripts are off in this browser.</p></noscript>
<footer>Run ${escaped(digest)}, exported by Ganglion ${escaped(ganglion)}.</footer>
<script type="application/json" id="code-directions">${directions}</script>
<script type="text/plain" id="module">${module}</script>
<script>${script}</script>
</body>
</html>
`
