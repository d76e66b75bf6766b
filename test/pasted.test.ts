// Commands that README and the guide show run as they are pasted, in a folder that has what they speak of: a package that is
// installed, pictures, runs. They are only made shorter: fewer images, one epoch. What needs a server is run by test/swarm.
import { execFile } from 'node:child_process'
import {
  chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodePng } from '../src/node/png.ts'
import { built } from './dist.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'ganglion-pasted-'))
afterAll(() => rmSync(home, { recursive: true }))

const IMAGES = 128
const BATCH = 16
const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => extname(name) === '.md').map((name) => join('docs', name))]

/** The commands in a page's blocks, whether fenced or indented, without what is said of them. */
const commandsIn = (page: string): string[] => {
  const lines = readFileSync(join(root, page), 'utf8').split('\n')
  let language: string | undefined
  return lines.filter((line) => {
    const [, fence] = /^```(\w*)/.exec(line) ?? []
    if (fence !== undefined) language = language === undefined ? fence : undefined
    return language === undefined ? line.startsWith('    ') : language === 'sh'
  }).map((line) => line.trim().replace(/\s+#\s.*$/, '')).filter((line) => /^(ganglion|node node_modules\/ganglion) /.test(line))
}

/** What a synopsis leaves open. */
const OPEN = {
  ' …': '', 'MODEL': 'vae', 'RUN': 'runs/vae', './mine.js': 'mine.mjs', 'FOLDER --out': './photos --out', 'FOLDER': './photos',
  'FILE': 'ae.safetensors', 'KIND': 'autoencoder', 'SET': 'set.safetensors',
}
function filled(command: string): string {
  const chosen = command.replaceAll(/ ?\[[^\]]*\]/g, '').replaceAll(/\b(\w+)(\|\w+)+/g, '$1')
  return Object.entries(OPEN).reduce((text, [open, value]) => text.replaceAll(open, value), chosen)
}

function shortened(command: string): string {
  if (command.startsWith('node ')) return command.includes('pictures.mjs') ? `${command} 1` : `${command} 256 1`
  if (command.startsWith('ganglion evaluate')) {
    return `${command.replace('--nll 200', '--nll 1').replace(/--samples \d+/, '')} --samples 64`
  }
  if (!command.startsWith('ganglion train')) return command
  const epochs = command.includes('--resume') ? '--epochs 2' : '--epochs 1'
  const shorter = /--epochs \d+/.test(command) ? command.replace(/--epochs \d+/, epochs) : `${command} ${epochs}`
  if (command.includes('--resume')) return shorter
  if (/--dry-run|photos|safetensors/.test(command)) return `${shorter} --batch-size 4`
  return `${shorter} --limit-first ${IMAGES}${command.includes('--batch-size') ? '' : ` --batch-size ${BATCH}`}`
}

interface Outcome {
  readonly code: number | string | null | undefined
  readonly said: string
}
/** As a shell runs it; a server is ended when it has said where it is. */
const pasted = (line: string, cwd: string) => new Promise<Outcome>((done) => {
  const env = { ...process.env, PATH: `${join(home, 'bin')}:${process.env['PATH']}` }
  const child = execFile('bash', ['-c', serves(line) ? `exec ${line}` : line], { cwd, env }, (error, stdout, stderr) => {
    done({ code: error ? error.code : 0, said: stdout + stderr })
  })
  // Once it listens to signals, which is after it has said how it ends.
  child.stderr!.on('data', (text: string) => {
    if (serves(line) && text.includes('Ctrl-C')) setTimeout(() => child.kill('SIGINT'), 300)
  })
})
const serves = (line: string): boolean => line.startsWith('ganglion watch')

async function make(line: string): Promise<void> {
  const { code, said } = await pasted(line, home)
  if (code !== 0) throw new Error(`${line}: ${said}`)
}

beforeAll(async () => {
  for (const folder of ['bin', 'node_modules']) mkdirSync(join(home, folder))
  writeFileSync(join(home, 'bin', 'ganglion'), `#!/bin/sh\nexec "${process.execPath}" "${built('cli/main.js')}" "$@"\n`)
  chmodSync(join(home, 'bin', 'ganglion'), 0o755)
  symlinkSync(root, join(home, 'node_modules', 'ganglion'), 'dir')
  copyFileSync(join(root, 'examples', 'models', 'denoising.mjs'), join(home, 'mine.mjs'))
  for (const name of ['cats', 'dogs']) {
    mkdirSync(join(home, 'photos', name), { recursive: true })
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 70 * 66 * 3 }, (_, at) => (name === 'cats' ? 0 : 120) + ((at * (i + 3)) % 110))
      writeFileSync(join(home, 'photos', name, `${i}.png`), encodePng({ width: 70, height: 66, channels: 3, pixels }))
    }
  }
  const few = '--limit-first 64 --epochs 1 --batch-size 32 --quiet'
  await make(`ganglion train vae ${few} --hidden 16 --out runs/vae`)
  await make(`ganglion train gan ${few} --hidden 16 --discriminator-hidden 16 --out runs/gan`)
  await make(`ganglion train cvae ${few} --filters 2 --hidden 8 --out runs/cvae`)
  await make(`ganglion train conv-vae ${few} --latent 2 --filters 2 --hidden 8 --out runs/conv-vae`)
  await make(`ganglion train autoencoder ${few} --out runs/sweep/one`)
  await make('ganglion export runs/sweep/one --format safetensors --part autoencoder --out ae')
  const [weights] = readdirSync(join(home, 'ae')).filter((name) => extname(name) === '.safetensors')
  copyFileSync(join(home, 'ae', weights!), join(home, 'ae.safetensors'))
  await make('ganglion data ./photos --size 32 --out photos.safetensors')
  copyFileSync(join(home, 'photos.safetensors'), join(home, 'large.safetensors'))
  const train = { 'data': 'mnist', 'limit-first': 64, 'batch-size': 32, 'epochs': 1, 'hidden': 8 }
  writeFileSync(join(home, 'sweep.json'), JSON.stringify({ model: 'vae', train, grid: { latent: [2, 3] } }))
}, 240_000)

const shown = pages.map((page) => [page, commandsIn(page)] as const).filter(([, commands]) => commands.length > 0)

describe.each(shown)('%s', (page, commands) => {
  const cwd = join(home, page.replaceAll(/\W/g, '-'))
  beforeAll(() => {
    mkdirSync(cwd)
    for (const name of readdirSync(home).filter((name) => /^(runs|photos|mine|large|ae|sweep\.json|node_modules)/.test(name))) {
      if (name === 'node_modules') symlinkSync(join(home, name), join(cwd, name))
      else cpSync(join(home, name), join(cwd, name), { recursive: true })
    }
  })

  test.for(commands)('%s', { timeout: 240_000 }, async (command, { skip }) => {
    if (/nats|swarm|^ganglion audit/.test(command)) skip('not run here: it needs a nats-server; test/tools has one')
    if (/^ganglion (verify|bench)/.test(command)) skip('not run here: test/verify and test/bench do')
    const line = shortened(filled(command))
    const [, out] = / --out (\S+)/.exec(line) ?? []
    if (out && existsSync(join(cwd, out))) rmSync(join(cwd, out), { recursive: true })
    const { code, said } = await pasted(line, cwd)
    const [missing] = code === 1 ? /.*(is not installed|run "npm install).*/.exec(said) ?? [] : []
    if (missing) skip(`not run here: ${missing}`)
    expect([line, code, said]).toEqual([line, serves(line) ? 130 : 0, said])
  })
})
