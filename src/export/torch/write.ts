// A part of a model as a folder: its weights in safetensors, `model.py` that rebuilds it with torch.nn, and a model card.
import { encodeSafetensors, type SavedTensor } from '../../formats/safetensors.ts'
import { isInput } from '../../graph/leaves.ts'
import { dynamicPart } from '../dynamic.ts'
import { fold } from '../fold.ts'
import type { Files } from '../format.ts'
import { Emitter, FLOAT } from '../onnx/emitter.ts'
import { emit } from '../onnx/rules.ts'
import type { Facts, Source } from '../source.ts'
import { TorchModule } from './module.ts'
import { withoutAverage } from './names.ts'

const WEIGHTS = 'model.safetensors'

/** Weights under our names, which are Keras', in layouts that are Keras'. */
export function writeKeras(source: Source, license: string): Files {
  const { variables } = source.graph(2)
  const weights = new Map([...source.weights(variables)].map(([name, tensor]) => [withoutAverage(name), tensor]))
  return files(source.facts, weights, 'tf', license, 'keras')
}

export function writeTorch(source: Source, license: string): Files {
  const part = dynamicPart(source)
  const to = new Emitter(part, fold(source, part), false)
  for (const [name, tensor] of part.inputs) {
    to.set(tensor, name === 'labels' ? to.add('Cast', [name], { to: FLOAT }) : name, tensor.shape.length === 4 ? 'nchw' : 'nhwc')
  }
  for (const tensor of part.tensors) if (!isInput(tensor) && !to.isFixed(tensor)) emit(tensor, to)
  for (const [name, tensor] of part.outputs) to.promise(name, tensor.shape.length === 4 ? to.nchw(tensor) : to.plain(tensor))
  const module = new TorchModule(part, to)
  const all = new Map(files(source.facts, module.state, 'pt', license, 'pytorch'))
  return all.set('model.py', python(source.facts, module, [...part.inputs.keys()]))
}

function files(facts: Facts, tensors: ReadonlyMap<string, SavedTensor>, format: string, license: string, library: string): Files {
  const { kind, part, digest, ganglion } = facts
  const metadata = { format, kind, part, digest, ganglion, options: JSON.stringify(facts.options) }
  return new Map<string, Uint8Array<ArrayBuffer> | string>([
    [WEIGHTS, encodeSafetensors(tensors, metadata) as Uint8Array<ArrayBuffer>], ['README.md', card(facts, license, library)],
  ])
}

const RESIZE = `

def resize(x, size):
    """Bilinear, where the source of pixel i is i * in / out: TensorFlow's legacy coordinates."""
    for axis, out in zip((2, 3), size):
        n = x.shape[axis]
        at = torch.arange(out, dtype=torch.float64, device=x.device) * n / out
        low = at.floor().clamp(max=n - 1)
        high = (low + 1).clamp(max=n - 1)
        shape = [-1 if i == axis else 1 for i in range(4)]
        weight = (at - low).to(x.dtype).reshape(shape)
        low, high = x.index_select(axis, low.long()), x.index_select(axis, high.long())
        x = low * (1 - weight) + high * weight
    return x
`

function python({ kind, part, ganglion }: Facts, { init, forward }: TorchModule, inputs: readonly string[]): string {
  const indented = (lines: readonly string[]) => lines.map((line) => line.replace(/^/gm, '        ')).join('\n')
  const name = `${part[0]!.toUpperCase()}${part.slice(1)}`
  const helper = forward.some((line) => line.includes('resize(')) ? RESIZE : ''
  return `"""The ${part} of a ${kind}, written by Ganglion ${ganglion}. Images are [n, channels, height, width] in [-1, 1]."""
import torch
import torch.nn.functional as F
from torch import nn
${helper}

class ${name}(nn.Module):
    def __init__(self):
        super().__init__()
${indented(init)}

    def forward(self, ${inputs.join(', ')}):
${indented(forward)}


def load(path='${WEIGHTS}'):
    """The module with its weights, for inference."""
    from safetensors.torch import load_file
    module = ${name}()
    module.load_state_dict(load_file(path))
    return module.eval()
`
}

/** A model card, as Hugging Face reads it. */
function card(facts: Facts, license: string, library: string): string {
  const { kind, part, imageShape, codeShape, classes, classNames, digest, ganglion } = facts
  const makesImages = part === 'generator' || part === 'decoder'
  const task = makesImages ? 'unconditional-image-generation' : part === 'encoder' ? 'image-feature-extraction' : 'image-to-image'
  const lines = [
    '---', `library_name: ${library}`, `pipeline_tag: ${part === 'discriminator' ? 'image-classification' : task}`,
    `license: ${license}`, 'tags:', ...['ganglion', kind, part].map((tag) => `- ${tag}`), '---', '',
    `# The ${part} of a ${kind}`, '',
    `Trained with Ganglion ${ganglion}; the run's SHA-256 is \`${digest}\`.`, '',
    `- Images: ${imageShape.join(' × ')} (height × width × channels), in [-1, 1].`, `- Codes: ${codeShape.join(' × ')}.`,
    ...(classes === undefined ? [] : [`- Classes: ${(classNames ?? [...Array(classes).keys()]).join(', ')}.`]), '',
    ...(library === 'pytorch' ? ['```python', 'from model import load', `module = load('${WEIGHTS}')`, '```', ''] : []),
  ]
  return lines.join('\n')
}
