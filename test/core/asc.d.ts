// What tests use of 'assemblyscript/asc' (tsconfig.check.json maps it here): the package's own types declare AssemblyScript's
// arrays for the whole program, whose `at` never gives undefined.
declare const asc: {
  main(args: readonly string[], options: { writeFile(name: string, contents: string | Uint8Array): void }): Promise<{
    error: Error | null
    stderr: { toString(): string }
  }>
}
export default asc
