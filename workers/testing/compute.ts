import { invariant } from '../../contract/invariant.ts'
import { startThread } from '../thread.ts'
import { fixtureRun } from './fixtureRun.ts'

/** Entry of its threads: the same as the real one, but for the registry. */
startThread((kind) => {
  invariant(kind === fixtureRun.kind.id, `the fixture worker knows no kind ${kind}`)
  return Promise.resolve(fixtureRun)
})
