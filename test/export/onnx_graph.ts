// A graph that is not a model's: what we compute of it, and what a runtime of ONNX does.
import type { PartGraph } from '../../src/export/part.ts'
import type { Source } from '../../src/export/source.ts'
import { writeOnnx } from '../../src/export/onnx/write.ts'
import { isInput, isVariable } from '../../src/graph/leaves.ts'
import type { Session } from '../../src/runtime/session.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { topological } from '../../src/graph/walk.ts'
import { type Fed, type RunOnnx, runOnnx } from './onnx_run.ts'
import { numbers } from './parts.ts'

/** A source of a graph that is not a model's. */
function sourceOf(session: Session, build: (rows: number) => Tensor): Source {
  const graph = (rows: number): PartGraph => {
    const y = build(rows)
    const all = topological([y])
    return {
      part: 'decoder', rows, outputs: new Map([['y', y]]), variables: all.filter(isVariable),
      inputs: new Map(all.filter(isInput).map((x) => [x.attrs.name, x])),
    }
  }
  const facts = { kind: 'case', part: 'decoder', options: {}, imageShape: [], codeShape: [], digest: '', ganglion: '' } as const
  const weights: Source['weights'] = (variables) => new Map(variables.map((v) => (
    [v.attrs.name, { shape: v.shape, data: session.read(v) }])))
  return { model: { session } as Source['model'], part: 'decoder', facts, graph, weights }
}

/** What we compute, and what onnxruntime does, of a graph that is fed these values. @param run the runtime */
export async function both(
  session: Session, build: (rows: number) => Tensor, rows: number, values: Readonly<Record<string, Fed>>, run: RunOnnx = runOnnx,
) {
  const source = sourceOf(session, build)
  const { outputs } = source.graph(rows)
  const fn = session.compile({ group: 'case', stages: [{ outputs: { y: outputs.get('y')! } }] })
  shake(session)
  for (const name of fn.inputNames) fn.feed(name, values[name]!.data as Float32Array)
  fn.run(1)
  const expected = fn.read('y')
  session.release(fn)
  const fed = Object.fromEntries(Object.entries(values).filter(([name]) => source.graph(rows).inputs.has(name)))
  const found = await run(writeOnnx(source, { layout: 'nhwc', float16: false }), fed)
  return { expected, found: found.get('y')!, shape: outputs.get('y')!.shape }
}

/** Gives weights values that no layer begins with; variances stay above 0. */
function shake(session: Session): void {
  session.variables.forEach((v, i) => {
    const values = numbers(v.size, i + 3)
    session.write(v, /variance/.test(v.attrs.name) ? values.map((x) => Math.abs(x) + 0.5) : values)
  })
}
