// Bytes as text, for files that hold a module.

export function base64(bytes: Uint8Array): string {
  let text = ''
  // As many as an engine takes as arguments of a function.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
