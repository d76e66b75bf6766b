// Next, its production build exported as files: a client component that trains on the page's thread and in a Web Worker. Next is
// installed for it, a third of a gigabyte: `npm run test:runtimes:slow`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { absent } from '../lib/browsers.ts'
import { expectPages } from '../lib/in_bundle.ts'
import { project, run } from '../lib/project.ts'
import { serve } from '../lib/server.ts'

const FILES = {
  'next.config.mjs': "export default { output: 'export', basePath: '/isolated', turbopack: { root: import.meta.dirname } }\n",
  'app/layout.jsx': 'export default ({ children }) => <html><body>{children}</body></html>\n',
  'app/page.jsx': `'use client'
import { useEffect } from 'react'
export default function Page() {
  useEffect(() => { import('../bundled/page.js') }, [])
  return <p>training</p>
}
`,
}

test('Next 16: a client component and its Web Worker, on threads', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const folder = project()
  mkdirSync(join(folder, 'app'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  const env = { NEXT_TELEMETRY_DISABLED: '1' }
  const wanted = ['next@16', 'react@19', 'react-dom@19']
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...wanted], { cwd: folder })
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], { cwd: folder, env })
  const server = await serve(join(folder, 'out'))
  try {
    await expectPages(server.url('isolated', 'index.html'))
  } finally {
    server.close()
  }
})
