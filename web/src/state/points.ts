// Points of a plane, as images of one pixel and two channels: what a model of two numbers trains on. A program of the page has
// this file as it is (program.ts), so no type is written in it. Its arithmetic is what every engine does alike: no sine, no root.

/** The first `count` points of a set, each with its class. */
export function pointsOf(name = 'ring', count = 6000) {
  let drawn = 0
  // A number from 0 to 1: a hash of how many were drawn (lowbias32, by Wellons).
  const uniform = () => {
    let x = ++drawn
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    return ((x ^ (x >>> 16)) >>> 8) / 16777216
  }
  // Twelve of them have the variance of a normal number.
  const normal = () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += uniform()
    return sum
  }
  const classes = name === 'ring' ? 8 : name === 'grid' ? 9 : 2
  const images = new Float32Array(2 * count)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const label = i % classes
    let [x, y, spread] = [0.7, 0, 0.04]
    if (name === 'ring') for (let turn = 0; turn < label; turn++) [x, y] = [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]
    else if (name === 'grid') [x, y] = [0.65 * (label % 3 - 1), 0.65 * (Math.floor(label / 3) - 1)]
    else if (name === 'line') {
      x = (label ? 0.85 : -0.85) * uniform()
      y = 0.6 * x
    } else {
      // An arm of one and a half turns, in steps of a 256th.
      const far = uniform()
      x = label ? 0.1 + 0.7 * far : -0.1 - 0.7 * far
      spread = 0.02
      for (let turn = Math.floor(384 * far); turn > 0; turn--) {
        [x, y] = [0.9996988186962042 * x - 0.024541228522912288 * y, 0.024541228522912288 * x + 0.9996988186962042 * y]
      }
    }
    images[2 * i] = x + spread * normal()
    images[2 * i + 1] = y + spread * normal()
    labels[i] = label
  }
  return { images, labels, classes }
}
