// One level below models: a graph, its gradient, and a step that is compiled once and run five hundred times.
//   node graph.mjs
import { createRuntime, gradients, initializers, input, losses, ops, optimizers, variable } from 'ganglion'

// 64 points of the plane, and the values of 2·x − 3·y there.
const points = Float32Array.from({ length: 128 }, (_, i) => ((i * 37) % 64) / 32 - 1)
const values = Float32Array.from({ length: 64 }, (_, i) => 2 * points[2 * i] - 3 * points[2 * i + 1])

const x = input('x', [64, 2])
const y = input('y', [64, 1])
const w = variable('w', [2, 1], initializers.glorotUniform())
const loss = losses.meanSquaredError(y, ops.matmul(x, w))
const [gradient] = gradients(loss, [w])
const updates = optimizers.sgd({ learningRate: 0.1 }).apply([gradient], [w])

const session = await (await createRuntime()).session(1)
const step = session.compile({ group: 'train', stages: [{ outputs: { loss }, updates }] })
step.feed('x', points).feed('y', values).run(500) // five hundred steps in one call into the core
console.log(step.read('loss')[0], session.read(w)) // next to 0, and [2, -3]
