import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './steps.ts'

it.each(['kind.ts', 'plan.ts', 'run.ts'])(
  'the worked example in CONTRIBUTING.md shows the %s that the tests build and run',
  (file) => {
    const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
    const source = readFileSync(join(root, 'tests/fixtures/kinds/countBytes', file), 'utf8')
    expect(page).toContain(`\`\`\`ts\n// kinds/countBytes/${file}\n${source}\`\`\``)
  },
)
