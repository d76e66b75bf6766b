// The last line of .ci/run, from a folder of vitest's JSON reports, one for each stage of tests (by its name), and the names of
// the stages that failed.
// Exit code 1 when anything failed or nothing passed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, ...stages] = process.argv.slice(2)
const count = { passed: 0, failed: 0, skipped: 0 }

/** The reports by their stages' names; those that were not written whole are left out. */
function reports() {
  return readdirSync(folder).flatMap((file) => {
    try {
      return [[file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')).testResults]]
    } catch {
      return []
    }
  })
}

/** How many tests of a file failed. */
function failuresOf({ status, assertionResults }) {
  let failed = 0
  for (const test of assertionResults) {
    if (test.status === 'passed') count.passed++
    else if (test.status === 'failed') failed++
    else count.skipped++
  }
  // A file that does not load, or whose hook throws, fails without a failed test.
  return status === 'failed' ? Math.max(failed, 1) : failed
}

/** Stages whose failure the counts of tests show. */
const shown = new Set()
for (const [stage, files] of reports()) {
  const failed = files.reduce((sum, file) => sum + failuresOf(file), 0)
  if (failed) shown.add(stage)
  count.failed += failed
}
// Errors outside of any test and time limits fail a stage of tests alone.
count.failed += stages.filter((stage) => !shown.has(stage)).length

console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`)
process.exitCode = count.failed || !count.passed ? 1 : 0
