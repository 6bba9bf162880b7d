import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { KindsBuild } from './kindsBuild.ts'

let build: KindsBuild
beforeAll(() => {
  build = new KindsBuild(['poison', 'outside'])
})
afterAll(() => build.remove())

it('tries', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => String(index))
  lines[12_345] = 'bad kill'
  writeFileSync(build.at('numbers.txt'), `${lines.join('\n')}\n`)
  const ran = await build.run('poison', build.at('numbers.txt'))
  console.log(ran, build.attempts(ran.job), build.story(ran.job), await build.rejects(ran.job))
  expect(ran.exitCode).toBe(3)
  const plain = await build.run('poison', '-p', 'way=plain', '-p', 'count=100', '-p', 'at=[37]')
  console.log(plain, build.attempts(plain.job), build.story(plain.job), await build.rejects(plain.job))
})
