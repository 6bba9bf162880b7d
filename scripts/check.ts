import { staticSteps, vitestStep } from './chains.ts'
import { runSteps } from './steps.ts'

/** `npm run check`: everything that needs no build, under a minute. */
const results = await runSteps([vitestStep('unit', 120_000), ...staticSteps])
const failed = results.filter((result) => !result.ok).map((result) => result.name)
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
