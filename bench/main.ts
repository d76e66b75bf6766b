// `npm run bench -- COMMAND [OPTIONS]`: what developers measure with. Figures are comparable within one run alone, so what is
// compared takes turns. What the user got wrong is one sentence (tools/run.mjs).
import { writeFile } from 'node:fs/promises'
import { type Command, parse, usageOf } from './command.ts'
import { checkpoints } from './checkpointing.ts'
import { compare } from './compare_builds.ts'
import { compiling } from './compile.ts'
import { exported } from './exports.ts'
import { growth } from './growth.ts'
import { kernels } from './kernel_sizes.ts'
import { large } from './large.ts'
import { memory } from './memory.ts'
import { peers } from './peers/peers.ts'
import { pictures } from './pictures.ts'
import { profile } from './profile.ts'
import { quality } from './quality.ts'
import { real } from './real.ts'
import { resident } from './resident.ts'
import { start } from './start.ts'
import { state } from './state.ts'
import { swarm } from './swarm.ts'
import { sweep } from './sweep.ts'
import { threads } from './threads.ts'
import { trainCost } from './train_cost.ts'

const COMMANDS: Readonly<Record<string, Command>> = {
  compare, profile, kernels, threads, memory, resident, compile: compiling, checkpointing: checkpoints, growth, real, start,
  state, large, pictures, train: trainCost, swarm, sweep, peers, quality, exports: exported,
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(13)} ${summary}`)
  return `npm run bench -- COMMAND [OPTIONS]\n\n${lines.join('\n')}\n\nOptions of one: npm run bench -- COMMAND --help`
}

const [name, ...args] = process.argv.slice(2)
const found = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
if (name === undefined || name === '--help') console.log(help())
else if (!found) throw new RangeError(`bench: no command is called "${name}"; there are: ${Object.keys(COMMANDS).join(', ')}`)
else if (args.includes('--help')) console.log(`${found.summary}\n\nnpm run bench -- ${name} ${usageOf(found)}`)
else {
  const { options, names, json } = parse(found, args)
  const result = await found.run(options, names)
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 1)}\n`)
}
