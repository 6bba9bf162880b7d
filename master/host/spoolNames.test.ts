import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isWriterAlive, newSpoolName } from './spoolNames.ts'

test('a name says that this process writes the file, and no other file has it', () => {
  const [one, other] = [newSpoolName(), newSpoolName()]
  expect(one).not.toBe(other)
  expect(isWriterAlive(one)).toBe(true)
})

test('a writer that has ended is not alive', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(child, 'exit')
  expect(isWriterAlive(`${child.pid}-0-x`)).toBe(false)
})

test.runIf(process.platform === 'linux')('another process with the pid of the writer is not the writer', () => {
  const started = newSpoolName().split('-')[1]
  expect(Number(started)).toBeGreaterThan(0)
  expect(isWriterAlive(`${process.pid}-${Number(started) + 1}-x`)).toBe(false)
})

test('a name of another form has no writer', () => {
  for (const name of ['', 'stdin', '6f9619ff-8b86-d011-b42d-00cf4fc964ff', '12'])
    expect(isWriterAlive(name), name).toBe(false)
})
