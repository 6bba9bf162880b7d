import { describe, expect, it, type TestContext } from 'vitest'
import { Ground } from './gristmill.ts'
import { until } from './processes.ts'

/** Both only wait, so they do it at the same time. */
describe.concurrent('a host in the background', () => {
  it('ends by itself when it has been idle for a while, with everything done', async (context) => {
    const ground = openGround(context)
    await ground.runJob(['no-op', '-p', 'tasks=1', '--detach'])
    expect(ground.backgroundHosts()).toHaveLength(1)
    await until('the background host and its workers to end', () => ground.processes().length === 0, 45_000)
    expect((await ground.show()).job.state).toBe('succeeded')
  })

  it('stays as long as there is work', async (context) => {
    const ground = openGround(context)
    await ground.runJob(['no-op', '-p', 'tasks=1', '-p', 'ms=23000', '--detach'])
    const [host] = ground.backgroundHosts()
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
    expect(ground.backgroundHosts()).toEqual([host])
  })
})

/** Which of two running tests a hook belongs to only its own context knows. */
function openGround({ onTestFinished }: TestContext): Ground {
  const ground = new Ground()
  onTestFinished(async () => await ground.close())
  return ground
}
