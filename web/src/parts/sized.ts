// Tells of an element's size while the element is in the page. Preact lets go of an element's ref when it removes it, and ends
// the effect only after the next frame: an observer is called in between, of an element that is gone.

/**
 * @param work called with the element at once, and whenever its size changes
 * @returns what ends it
 */
export function sized<E extends Element>(element: E, work: (element: E) => void): () => void {
  const observer = new ResizeObserver(() => {
    if (element.isConnected) work(element)
  })
  observer.observe(element)
  return () => observer.disconnect()
}
