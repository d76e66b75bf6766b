// What pictures need of WebAssembly, as modules that are loaded when they are needed: the core that resamples, compiled from
// assembly/pictures, and the decoders of jSquash, which its packages ship. Invariant: each is base64 of raw deflate, as cores
// are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { compile } from './compile.mjs'
import { hashOf } from './sources.mjs'

const FOLDER = 'src/pictures/wasm'
const CORE = 'build/pictures.wasm'
const STAMP = 'build/pictures.sha256'

/** The files of jSquash, as the decoders that come with them take them. */
const DECODERS = {
  jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  png: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  webp: '@jsquash/webp/codec/dec/webp_dec.wasm',
}
const packageOf = (file) => `node_modules/${file.split('/').slice(0, 2).join('/')}/package.json`

export async function writePictures() {
  const wanted = hashOf('assembly/pictures', 'asconfig.json', 'tools/pictures.mjs', 'node_modules/assemblyscript/package.json',
    ...Object.values(DECODERS).map(packageOf))
  const written = ['resample', ...Object.keys(DECODERS)].every((name) => existsSync(moduleOf(name)))
  if (written && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return
  mkdirSync('build', { recursive: true })
  mkdirSync(FOLDER, { recursive: true })
  const asc = 'node_modules/assemblyscript/bin/asc.js'
  await compile('asc, target pictures,', [asc, 'assembly/pictures/resample.ts', '--target', 'pictures'])
  write('resample', CORE)
  for (const [name, file] of Object.entries(DECODERS)) write(name, fileURLToPath(import.meta.resolve(file)))
  writeFileSync(STAMP, wanted)
}

const moduleOf = (name) => `${FOLDER}/${name}.generated.ts`

function write(name, file) {
  const text = deflateRawSync(readFileSync(file), { level: 9 }).toString('base64')
  const head = `// Written by tools/pictures.mjs: ${file.split('/').at(-1)}, base64 of raw deflate.`
  writeFileSync(moduleOf(name), `${head}\nexport const wasm: string = '${text}'\n`)
}
