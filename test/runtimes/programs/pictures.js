/* global atob */
// Prepares the pictures that it is given, as a page would that was given a folder, and says the digest of the set.
export async function prepared({ datasetFromFiles, encodePictureSet, openPictureSet, setDigest }, { files, options, workers }) {
  const given = files.map(([path, base64]) => ({
    name: path.split('/').at(-1), webkitRelativePath: path,
    arrayBuffer: async () => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer,
  }))
  const train = await datasetFromFiles(given, { ...options, workers })
  const test = await datasetFromFiles(given, { ...options, workers, split: 'test' })
  const bytes = await encodePictureSet(train, test)
  const { digest, train: { count, classNames } } = openPictureSet(bytes)
  return { digest, same: (await setDigest(bytes)) === digest, count, classNames, imageData: typeof ImageData }
}
