import { join } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { soak } from '../tests/soak/soak.ts'
import { troubleNames, type TroubleName } from '../tests/soak/trouble.ts'
import { root } from './steps.ts'

/**
 * `npm run soak -- [--minutes N] [--seed S] [--only TROUBLE]… [--fuzz CASES] [--patience SECONDS]`: a real host under trouble of every
 * kind, then every boundary under so many cases. Prints one JSON document; exit 1 when anything was lost, doubled, left over or wrong,
 * and then the ledger and the logs stay in test-results/soak.
 */
const options = {
  minutes: { type: 'string', default: '2' },
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  only: { type: 'string', multiple: true },
  fuzz: { type: 'string', default: '10000' },
  patience: { type: 'string', default: '240' },
} satisfies ParseArgsConfig['options']

function refuse(line: string): never {
  console.error(`soak: ${line}`)
  process.exit(2)
}

function parse() {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function isTrouble(name: string): name is TroubleName {
  return (troubleNames as readonly string[]).includes(name)
}

function positive(name: 'minutes' | 'patience'): number {
  const value = Number(values[name])
  return value > 0 && value < Infinity ? value : refuse(`--${name} takes a number above 0, not '${values[name]}'`)
}

const values = parse()
const minutes = positive('minutes')
const patienceMs = 1000 * positive('patience')
const [seed, fuzzCases] = [Number(values.seed), Number(values.fuzz)]
if (!Number.isSafeInteger(seed)) refuse(`--seed takes an integer, not '${values.seed}'`)
if (!(Number.isSafeInteger(fuzzCases) && fuzzCases >= 0)) refuse(`--fuzz takes 0 or more, not '${values.fuzz}'`)
const only = (values.only ?? []).map((name) =>
  isTrouble(name) ? name : refuse(`--only takes ${troubleNames.join(', ')}`),
)

const report = await soak({
  minutes,
  seed,
  only,
  fuzzCases,
  patienceMs,
  traces: join(root, 'test-results/soak'),
  tell: (line) => console.error(`soak: ${line}`),
})
console.log(JSON.stringify(report, null, 2))
for (const fault of report.faults) console.error(`soak: ${fault}`)
process.exitCode = report.faults.length === 0 ? 0 : 1
