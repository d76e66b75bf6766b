// Lines to a page and back, in turns, as bench/peers has them; the browser goes when stdin ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { absent } from './lib/browsers.ts'
import { module } from './lib/project.ts'

const PAGE = `<!doctype html><script type="module">
for (let said = ''; ;) {
  const line = await (await fetch('turn', { method: 'POST', body: said })).text()
  said = line && JSON.stringify([line, crossOriginIsolated])
}
</script>`

test.for(['chromium', 'firefox'] as const)('%s', async (name, { skip }) => {
  if (absent[name]) skip(`not run here: ${absent[name]}`)
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-converse-'))
  writeFileSync(join(folder, 'page.html'), PAGE)
  const script = join(import.meta.dirname, 'converse.ts')
  const child = spawn(module('node-24/bin/node'), [script, name, folder, 'page.html'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  try {
    child.stdin.write('first\n')
    const answers: string[] = []
    for await (const answer of createInterface({ input: child.stdout })) {
      answers.push(answer)
      if (answers.length === 1) child.stdin.write('second\n')
      else child.stdin.end()
    }
    expect(answers).toEqual(['["first",true]', '["second",true]'])
    expect(await gone).toEqual([0, null])
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
  }
})
