import { join } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { soak } from '../tests/soak/soak.ts'
import { troubleNames, type TroubleName } from '../tests/soak/trouble.ts'
import { root } from './steps.ts'

/**
 * `npm run soak -- --minutes N --seed S [--only TROUBLE…]`: a real host under trouble of every kind. Prints one JSON document; exit 1 when
 * anything was lost, doubled, left over or wrong, and then the ledger and the logs stay in test-results/soak.
 */
const options = {
  minutes: { type: 'string', default: '2' },
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  only: { type: 'string', multiple: true },
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

const values = parse()
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0 && minutes < Infinity)) refuse(`--minutes takes a number above 0, not '${values.minutes}'`)
if (!Number.isSafeInteger(seed)) refuse(`--seed takes an integer, not '${values.seed}'`)
const only = (values.only ?? []).map((name) =>
  isTrouble(name) ? name : refuse(`--only takes ${troubleNames.join(', ')}`),
)

const report = await soak({
  minutes,
  seed,
  only,
  traces: join(root, 'test-results/soak'),
  tell: (line) => console.error(`soak: ${line}`),
})
console.log(JSON.stringify(report, null, 2))
process.exitCode = report.faults.length === 0 ? 0 : 1
