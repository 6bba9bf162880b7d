import { parseArgs } from 'node:util'
import { join } from 'node:path'
import { root } from './steps.ts'
import { soak } from '../tests/soak/soak.ts'

/**
 * `npm run soak -- --minutes N --seed S`: prints one JSON document; exit 1 when anything was lost, doubled, left over or wrong.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('soak: --minutes takes a number above 0, --seed an integer')
  process.exit(2)
}
const traces = join(root, 'test-results/soak')
const report = await soak({ minutes, seed, traces, tell: (line) => console.error(`soak: ${line}`) })
console.log(JSON.stringify(report, null, 2))
process.exitCode = report.faults.length === 0 ? 0 : 1
