// The last line of .ci/run, from vitest's JSON report (empty when no test ran) and the names of the stages that failed.
// Exit code 1 when anything failed or nothing passed.
import { readFileSync } from 'node:fs'

const [file, ...stages] = process.argv.slice(2)
const count = { passed: 0, failed: 0, skipped: 0 }

/** Test files by vitest; none when the report was not written. */
function testFiles() {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults
  } catch {
    return []
  }
}

for (const { status, assertionResults } of testFiles()) {
  let failed = 0
  for (const test of assertionResults) {
    if (test.status === 'passed') count.passed++
    else if (test.status === 'failed') failed++
    else count.skipped++
  }
  // A file that does not load, or whose hook throws, fails without a failed test.
  count.failed += status === 'failed' ? Math.max(failed, 1) : failed
}
// Errors outside of any test and time limits fail the stage of tests alone.
count.failed += stages.filter((stage) => stage !== 'tests' || !count.failed).length

console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`)
process.exitCode = count.failed || !count.passed ? 1 : 0
