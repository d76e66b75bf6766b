// Preloaded into a process (`node --import`). Its calls of the file system in one folder are counted; at one it meets its fate.
// GANGLION_FATE: { in, call, fate, report?, only? }. Fates: `kill` before the call, `half` way through it (a write writes half of
// its bytes), `stop` before it (SIGSTOP: whoever sends SIGCONT lets it go on), `full` (this and all later writes of files whose
// names contain `only` find no room). The count is written to `report` at the end.
import { writeFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const { in: folder, call: last = Infinity, fate = 'kill', report, only = '' } = JSON.parse(process.env.GANGLION_FATE)
const fs = createRequire(import.meta.url)('node:fs/promises')
const inside = (path) => typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${folder}${sep}`)

let calls = 0
const end = (signal) => process.kill(process.pid, signal)

/** Counts a call, and does it, or what is left of it. */
async function met(call, half = call, path = '') {
  calls++
  if (fate === 'full') {
    if (calls < last || half === call || !path.includes(only)) return call()
    throw Object.assign(new Error('ENOSPC: played'), { code: 'ENOSPC' })
  }
  if (calls !== last) return call()
  // It may fail, as where there is no such file.
  if (fate === 'half') await half().catch(() => {})
  end(fate === 'stop' ? 'SIGSTOP' : 'SIGKILL')
  return call()
}

for (const name of ['lstat', 'mkdir', 'readdir', 'readFile', 'rename', 'rm', 'rmdir', 'stat']) {
  const original = fs[name]
  fs[name] = (path, ...more) => (inside(path) ? met(() => original(path, ...more)) : original(path, ...more))
}
for (const name of ['appendFile', 'writeFile']) {
  const original = fs[name]
  fs[name] = (path, data, ...more) => (inside(path)
    ? met(() => original(path, data, ...more), () => original(path, data.slice(0, data.length >> 1), ...more), path)
    : original(path, data, ...more))
}
const { open } = fs
fs.open = async (path, ...more) => {
  if (!inside(path)) return open(path, ...more)
  const file = await met(() => open(path, ...more))
  for (const name of ['close', 'sync', 'stat']) {
    const original = file[name].bind(file)
    file[name] = (...given) => met(() => original(...given))
  }
  for (const name of ['write', 'writeFile']) {
    const original = file[name].bind(file)
    const half = (data) => data.slice(0, data.length >> 1)
    file[name] = (data, ...given) => met(() => original(data, ...given), () => original(half(data), ...given), path)
  }
  return file
}
syncBuiltinESMExports()
if (report) process.on('exit', () => writeFileSync(report, String(calls)))
