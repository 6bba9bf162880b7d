import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { chanceOf } from '../harness/chance.ts'
import { jsonOf, openGround } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { expectSoundLedger } from './ledger.ts'
import { killInEveryStage } from './stepping.ts'

/** Kinds over tables on real processes: in each of their stages a worker is killed, and then the host. */

/** Rows of several cells, with line ends and quotes inside quotes, nulls, and keys that come again. */
function makeTable(): string {
  const chance = chanceOf(23)
  const rows = Array.from({ length: 9000 }, (_, id) => {
    const note = ['', '"over\ntwo lines"', '"said ""no"""', `note ${chance.between(0, 50)}`][chance.between(0, 3)]
    const figure = chance.between(0, 9) === 0 ? '' : chance.between(-9999, 9999) / 100
    return `${id},shop ${chance.between(0, 300)},${figure},2024-0${chance.between(1, 9)}-1${chance.between(0, 9)},${note}\n`
  })
  return `id,shop,figure,day,note\n${rows.join('')}`
}
const table = makeTable()

/** Where records start is found out in stages of their own, which are the same for all: one kind goes through them. */
const index = ['index', 'indexed', 'starts']
const unquoted = ['-p', 'quote=none', '-p', 'ragged=pad']

const kinds = [
  { kind: 'profile', params: [], stages: [...index, 'scan', 'combine', 'describe'] },
  {
    kind: 'aggregate',
    params: ['by=shop,month(day)', 'measures=count,mean(figure),median(figure)'],
    stages: ['scan', 'combine', 'finish', 'write'],
  },
  {
    kind: 'filter',
    params: ['where=figure > 0 or isNull(shop)', 'columns=id,double = figure * 2,note'],
    stages: ['filter', 'count', 'write'],
  },
  {
    kind: 'sort',
    params: ['mode=table', 'by=shop,figure:desc', 'bucketBytes=131072'],
    stages: ['sample', 'partition', 'gather', 'sortBucket', 'count', 'write'],
  },
  {
    kind: 'dedupe',
    params: ['by=shop,day', 'bucketBytes=131072'],
    stages: ['partition', 'gather', 'judge', 'gatherVerdicts', 'keep', 'count', 'write'],
  },
  { kind: 'convert', params: ['to=parquet'], stages: ['types', 'joinTypes', 'encode', 'gather', 'assemble', 'write'] },
  {
    kind: 'convert',
    params: ['to=parquet', 'partitionBy=day'],
    stages: ['types', 'joinTypes', 'partition', 'gatherPartitions', 'group', 'countPartitions', 'write'],
  },
]

describe('whoever is killed in whatever stage of it', () => {
  it.each(kinds)('$kind $params comes to the same result and the same bytes', async ({ kind, params, stages }) => {
    const ground = openGround()
    const path = ground.file('table.csv', table)
    const words = params.flatMap((param) => ['-p', param])
    const args = [kind, path, ...words, ...(stages.includes('index') ? [] : unquoted)]
    const undisturbed = await ground.runJob([...args, '--workers', '1', '--out', 'undisturbed'])
    const parted = [...args, '--workers', '2', '--split', '64K', '--out', 'killed']
    const { ended, workersKilledIn, hostsKilledIn } = await killInEveryStage(ground, parted)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    const seen = new Set((await ground.tasks()).map(({ stage }) => stage))
    expect({ seen, workersKilledIn, hostsKilledIn }).toEqual({
      seen: new Set(stages),
      workersKilledIn: seen,
      hostsKilledIn: seen,
    })
    expect(jsonOf(jobDocumentSchema, ended).result).toEqual(undisturbed.result)
    const artifacts = ground.filesIn(join(ground.cwd, 'undisturbed'))
    expect(artifacts.length > 0).toBe(stages.includes('write'))
    expect(ground.filesIn(join(ground.cwd, 'killed'))).toEqual(artifacts)
    for (const name of artifacts) {
      const [one, other] = ['killed', 'undisturbed'].map((folder) => readFileSync(join(ground.cwd, folder, name)))
      expectSameBytes(one!, other!, `${name} after the kills`)
    }
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })
})
