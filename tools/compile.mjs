// Runs a compiler in a process of its own.
import { spawn } from 'node:child_process'

/** Rejects when it fails or warns. @param {string} name @param {string[]} args a script and its arguments */
export function compile(name, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data })
    child.on('error', reject)
    child.on('close', (code) => {
      if (said) process.stderr.write(said)
      if (code !== 0 || /\b(WARNING|ERROR)\b/.test(said)) reject(new Error(`${name} failed`))
      else resolve()
    })
  })
}
