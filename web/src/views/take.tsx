// What was trained leaves the page: as files of other tools, and as a program.
import { signal } from '@preact/signals'
import type { FormatName } from 'ganglion/export'
import { Card } from '../parts/card.tsx'
import { Download } from '../parts/icons.tsx'
import { paint } from '../parts/paint.ts'
import { run } from '../state/current.ts'
import { download } from '../state/files.ts'
import { gridOf } from '../state/look.ts'
import { ownData } from '../state/own.ts'
import { programOf } from '../state/program.ts'
import type { Run } from '../state/run.ts'
import { figure, text } from '../text/index.ts'
import type { Wanted, Written } from '../workers/export.ts'

const FORMATS = ['wasm', 'onnx', 'html', 'safetensors'] as const satisfies readonly FormatName[]
type Name = (typeof FORMATS)[number]
const MEGABYTE = 1_000_000

const working = signal<Name | null>(null)
/** What came of the last one. */
const outcome = signal<{ readonly name: Name, readonly bytes: number } | { readonly error: string } | null>(null)

/** Asks a worker that ends with its answer. */
function write(wanted: Wanted): Promise<Written> {
  const worker = new Worker(new URL('../workers/export.ts', import.meta.url), { type: 'module' })
  return new Promise<Written>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Written>) => resolve(data)
    worker.onerror = ({ message }) => resolve({ error: message })
    worker.postMessage(wanted)
  }).finally(() => worker.terminate())
}

async function take({ settings, trainer }: Run, format: Name): Promise<void> {
  working.value = format
  outcome.value = null
  try {
    const { kind, options } = trainer!.info
    const written = await write({ kind, options, seed: settings.seed, state: await trainer!.state(), format })
    if ('error' in written) throw new Error(written.error)
    for (const [name, bytes] of written.files) download(`${kind}-${name}`, bytes as BlobPart)
    outcome.value = { name: format, bytes: [...written.files.values()].reduce((all, { length }) => all + length, 0) }
  } catch (error) {
    outcome.value = { error: (error as Error).message }
  } finally {
    working.value = null
  }
}

async function png(run: Run): Promise<void> {
  const { trainer, settings, step, data } = run
  const { columns, count } = gridOf(run)
  const samples = await trainer!.sample(count, { seed: settings.seed })
  const canvas = document.createElement('canvas')
  paint(canvas, samples, { shape: data!.train.shape, columns, side: 84, gap: 6 }, { paper: [0, 0, 0], ink: [255, 255, 255] })
  canvas.toBlob((blob) => download(`${settings.model}-step-${step.value}.png`, blob!, 'image/png'))
}

export default function Take() {
  const now = run.value
  const t = text.value
  if (!now?.threads.value) return <p role="status">{t.status.starting}</p>
  const done = outcome.value
  return (
    <div class="view pair">
      <Card title={t.takeTitle} help={t.takeHelp}>
        <ul class="formats">
          {FORMATS.map((name) => (
            <li key={name}>
              <div><h3>{t.formats[name].title}</h3><p>{t.formats[name].help}</p></div>
              <button type="button" data-format={name} disabled={working.value !== null} onClick={() => void take(now, name)}>
                <Download />{working.value === name ? t.writing : t.download}
              </button>
            </li>
          ))}
          <li>
            <div><h3>{t.png.title}</h3><p>{t.png.help}</p></div>
            <button type="button" data-format="png" onClick={() => void png(now)}><Download />{t.download}</button>
          </li>
        </ul>
        <p role="status" class="note" data-outcome>
          {done && 'error' in done && t.failedTo(done.error)}
          {done && 'name' in done && t.written(t.formats[done.name].title, figure(done.bytes / MEGABYTE))}
        </p>
      </Card>
      <Program run={now} />
    </div>
  )
}

const copied = signal('')

function Program({ run: { settings, reached } }: { readonly run: Run }) {
  const t = text.value
  const program = programOf(settings, ownData(settings.data)?.wanted, reached.value?.digest)
  const copy = () => void navigator.clipboard.writeText(program).then(() => (copied.value = program), () => undefined)
  return (
    <Card title={t.program} help={t.programHelp} aside={
      <button type="button" class="quiet" onClick={copy}>{copied.value === program ? t.copied : t.copyProgram}</button>
    }>
      <pre class="scroll" tabIndex={0}><code data-program>{program}</code></pre>
    </Card>
  )
}
