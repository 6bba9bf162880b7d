import { describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'

import { type PlanRequest, runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const kind = { plan, run }
const notation = { delimiter: ',', header: true, quote: '"' }

async function partitioned(params: Record<string, Json>, rest: Omit<PlanRequest, 'kind' | 'params'>) {
  const done = await runPlan({ kind, params: { ...notation, ...params }, cellBytes: 64, seed: 1, ...rest })
  return { ...done, texts: Object.fromEntries([...done.artifacts].map(([name, bytes]) => [name, bytes.toString()])) }
}

const table = 'city,n,name\nBonn,1,a\nUlm,02,b\n,3,"c,d"\nBonn,4,\nUlm,5,""\n"",6,x\n'

describe('a folder for each value', () => {
  test('has the rows of that value in input order, without the column', async () => {
    const done = await partitioned({ to: 'csv', partitionBy: 'city' }, { files: [table] })
    expect(done.texts).toEqual({
      'converted/city=Bonn/part.csv': 'n,name\n1,a\n4,\n',
      'converted/city=Ulm/part.csv': 'n,name\n02,b\n5,""\n',
      'converted/city=__HIVE_DEFAULT_PARTITION__/part.csv': 'n,name\n3,"c,d"\n6,x\n',
    })
    expect(done.result).toEqual({ rows: 6, partitions: 3, columns: ['city', 'n', 'name'] })
  })
})
