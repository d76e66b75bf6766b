// README's first program runs as it is written, against dist, from a folder whose node_modules holds nothing but ganglion.
// One line is changed: its dataset is the first 2000 digits, for four epochs of all take too long here. Figures and links that
// README names are those of the files that they come from.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const [first, ...others] = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, text]) => text!)

it('its program trains a VAE and prints a loss an epoch and the digest', async () => {
  expect(others).toEqual([])
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-readme-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules', 'ganglion'), 'dir')
    const whole = "await loadDataset('mnist')"
    expect(first!.split(whole)).toHaveLength(2)
    const file = join(folder, 'first.mjs')
    writeFileSync(file, first!.replace(whole, `(await import('ganglion')).take(${whole}, 2000)`))
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    const losses = lines.slice(0, 4).map((line) => Number(line.split(' ')[1]))
    expect(losses.every((loss, i) => loss > 0 && (i === 0 || loss < losses[i - 1]!)), stdout).toBe(true)
    expect(lines[4]).toMatch(/^[0-9a-f]{16,}$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('its links lead to files of the package, and to its own headings', () => {
  // npm shows no picture without a repository: what it shows is said below it.
  const links = [...readme.matchAll(/(?<!!\[[^\]]*)\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly files: readonly string[] }
  expect(files).toEqual(expect.arrayContaining(['docs/**/*.md', 'examples']))
  expect(links.filter((link) => !/^(#|docs\/([\w-]+\/)*[\w-]+\.md$|examples$)/.test(link))).toEqual([])
  const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, text]) => `#${text!.toLowerCase().replaceAll(' ', '-')}`)
  expect(links.length).toBeGreaterThan(20)
  expect(links.filter((link) => !(link.startsWith('#') ? headings.includes(link) : existsSync(join(root, link))))).toEqual([])
})

it('the size that it names is the budget of .size-limit.js', async () => {
  const href = new URL('../.size-limit.js', import.meta.url).href
  const { default: budgets } = await import(href) as { readonly default: readonly { name: string; limit: string }[] }
  const { limit } = budgets.find(({ name }) => name === 'ganglion: a program that trains a VAE, the core inside')!
  expect(readme.match(/[\d.]+ kB/g)).toEqual([limit])
})
