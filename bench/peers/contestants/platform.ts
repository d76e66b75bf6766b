// What a contestant needs of where it runs: here Node. A page's bundle has platform_page.ts in its place.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** What the contestant is told when it is started. */
export const args: readonly string[] = process.argv.slice(2)

export const engine: Readonly<Record<string, string>> = { node: process.versions.node, v8: process.versions.v8 }

/** Where the browser finds the files of a package's folder; null in Node, where packages find their own. */
export const addressOf: (folder: string) => string | null = () => null

/** The file at a path from the repository's root, in a buffer of its own. */
export const readFile = (file: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(file))

/** Milliseconds of processor time so far; null where nobody tells. */
export function processorTime(): number | null {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Answers lines from stdin until it ends. Whatever a library prints goes to stderr. */
export async function converse(answer: (line: string) => Promise<string>): Promise<void> {
  console.log = console.info = console.warn = console.debug = console.error
  for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${await answer(line)}\n`)
  process.exit(0)
}
