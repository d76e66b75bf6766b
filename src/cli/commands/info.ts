// `ganglion info`: what is installed, and what the engine can do.
import { release } from 'node:os'
import { fusedMultiplyAdd } from '../../bench/fused.ts'
import type { Feature } from '../../runtime/feature.ts'
import { features } from '../../runtime/features.ts'
import { automaticThreads } from '../../runtime/faster.ts'
import { type Command, columns } from '../command.ts'
import { help, parse, UsageError } from '../options.ts'
import { coreHash, version } from '../version.ts'

const options = { json: { help: 'one JSON object instead of text' }, ...help } as const

export const info: Command = {
  name: 'info',
  summary: 'Show the version, the engine, and what it can do',
  usage: '[options]',
  groups: [['Options', options]],
  examples: [['info', 'version, engine, SIMD, relaxed SIMD, wide vectors, threads'], ['info --json', 'the same for a program']],
  async run(args, { stdout }) {
    const { values, positionals } = parse(args, options)
    if (positionals.length) throw new UsageError(`info takes no arguments, got "${positionals[0]}"`)
    const { simd, relaxedSimd, wideVectors, threads } = features()
    const facts = {
      version: version(),
      core: await coreHash('deterministic', false, false),
      engine: engine(),
      v8: process.versions['v8'] ?? null,
      platform: `${process.platform} ${process.arch} ${release()}`,
      simd,
      relaxedSimd: { ...relaxedSimd, fused: fusedMultiplyAdd() },
      wideVectors,
      threads: { ...threads, auto: automaticThreads() },
    }
    if (values.json) stdout.write(`${JSON.stringify(facts)}\n`)
    else {
      stdout.write(`${columns([
        ['ganglion', facts.version],
        ['core', `sha256 ${facts.core}`],
        ['engine', facts.engine + (facts.v8 ? `, V8 ${facts.v8}` : '')],
        ['platform', facts.platform],
        ['SIMD', said(simd)],
        ['relaxed SIMD', `${said(relaxedSimd)}${fusing(facts.relaxedSimd)}; used with --precision relaxed`],
        ['wide vectors', `${said(wideVectors)}; --wide auto takes them where they are`],
        ['threads', `${said(threads)}; --threads auto takes ${facts.threads.auto}`],
      ]).map((line) => line.slice(2)).join('\n')}\n`)
    }
    return 0
  },
}

const fusing = ({ fused }: { fused: boolean | null }): string =>
  (fused === null ? '' : `, and ${fused ? 'fuses' : 'does not fuse'} its multiply–add`)
const said = ({ available, reason }: Feature): string => `${available ? 'available' : 'not available'}: ${reason}`

function engine(): string {
  const { deno, bun, node } = process.versions as Record<string, string | undefined>
  return deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`
}
