import { parentPort, workerData } from 'node:worker_threads'
import { armCrashPoint } from '../../contract/crashPoint.ts'
import { invariant } from '../../contract/invariant.ts'
import { commitGroup } from './commitGroup.ts'
import { describeFailure } from './failures.ts'
import { putMark, requireMark } from './mark.ts'
import type { FromWriter, ThreadData, ToWriter } from './messages.ts'
import { openLedger } from './openLedger.ts'

/** Entry of the writing thread: the only connection that writes. It answers groups in the order in which they come. */

invariant(parentPort !== null, 'the writing thread has an owner')
const port = parentPort
const { file, backups } = workerData as ThreadData
const say = (message: FromWriter): void => port.postMessage(message)
armCrashPoint(process.env['GRISTMILL_CRASH_AT'], () => process.kill(process.pid, 'SIGKILL'))

try {
  const { db, opening } = await openLedger({ file, backups, now: Date.now() })
  const mark = putMark(db)
  port.on('message', (message: ToWriter) => {
    if (message.type === 'close') {
      db.close()
      port.close()
    } else
      try {
        say({ type: 'committed', replies: commitGroup(db, message.commits, () => requireMark(db, mark)) })
      } catch (error) {
        say({ type: 'broken', failure: describeFailure(error, `writing to ${file}`) })
      }
  })
  say({ type: 'ready', opening })
} catch (error) {
  say({ type: 'refused', failure: describeFailure(error, `opening ${file}`) })
}
