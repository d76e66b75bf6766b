// safetensors: weights under PyTorch's names and layouts, with a module of torch.nn around them, or under Keras'; a model card.
import { name, oneOf, option } from '../../options.ts'
import { defineFormat } from '../format.ts'

export const safetensors = defineFormat({
  name: 'safetensors',
  summary: 'a folder with weights, model.py for PyTorch, and a model card',
  suffix: '-safetensors',
  folder: true,
  options: {
    for: option(oneOf('pytorch', 'keras'), 'pytorch', 'pytorch or keras: whose names and layouts the weights have'),
    license: option(name, 'unknown', 'the licence that the model card says, as Hugging Face calls it'),
  },
  async write(source, options) {
    // eslint-disable-next-line no-restricted-syntax -- what a format takes is loaded when it is asked for; a page may catch that
    const { writeKeras, writeTorch } = await import('../torch/write.ts')
    return options.for === 'keras' ? writeKeras(source, options.license) : writeTorch(source, options.license)
  },
})
