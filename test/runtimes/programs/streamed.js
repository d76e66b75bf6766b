// Training from a file, a small window on it, and from memory: both digests. In processes alone.
const definition = ({ vae }) => vae({ hidden: 12, latent: 2, imageShape: [16, 16, 1] })

/** @param question.path an NPY file of images of 16 × 16 */
export async function streamed(ganglion, { path }) {
  const { loadDataset, openDataset } = await ganglion.node()
  const digest = async (data) => {
    const model = await ganglion.Model.create(await ganglion.createRuntime(), definition(ganglion), { seed: 5 })
    await model.fit(data, { epochs: 2, batchSize: 500 })
    return model.digest()
  }
  return { memory: await digest(await loadDataset(path)), file: await digest(await openDataset(path, { memory: 1000000 })) }
}
