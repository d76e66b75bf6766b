// Writes the API reference, of which the guide makes pages, unless it is newer than what it is made of: it takes half a minute.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const changed = (path) => statSync(join(root, path)).mtimeMs
const written = join(root, 'build/api/README.md')
const sources = ['typedoc.json', 'tools/typedoc_entries.mjs', 'package.json',
  ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join('src', name))]
if (!existsSync(written) || sources.some((source) => changed(source) > statSync(written).mtimeMs)) {
  execFileSync('npm', ['run', '--silent', 'docs'], { cwd: root, stdio: 'inherit' })
}
