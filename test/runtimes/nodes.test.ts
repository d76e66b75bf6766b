// Every Node that the package supports: as a module, and through `require`.
import { test } from 'vitest'
import { inProcess } from './lib/place.ts'
import { module } from './lib/project.ts'
import { expectSame, type Report } from './lib/report.ts'
import { runtimeTest } from './lib/runtime_test.ts'

for (const major of [20, 22, 24, 26] as const) {
  runtimeTest(`Node ${major}`, true, (_, missing) => {
    test('require', async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const place = await inProcess(module(`node-${major}/bin/node`), [], '', 'required.cjs')
      expectSame(await place.ask<Report>({ most: 2 }), 2)
    })
  })
}
