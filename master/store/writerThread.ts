import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import { armCrashPoint } from '../../contract/crashPoint.ts'
import { invariant } from '../../contract/invariant.ts'
import { commitGroup } from './commitGroup.ts'
import { writeBackup } from './backups.ts'
import { describeFailure, failureOf } from './failures.ts'
import type { FromWriter, ThreadData, ToWriter } from './messages.ts'
import { openLedger } from './openLedger.ts'
import { Ownership } from './ownership.ts'

/** Entry of the writing thread: the only connection that writes. It answers groups in the order in which they come. */

invariant(parentPort !== null, 'the writing thread has an owner')
const port = parentPort
const { file, backups } = workerData as ThreadData
const say = (message: FromWriter): void => port.postMessage(message)
armCrashPoint(process.env['GRISTMILL_CRASH_AT'], () => process.kill(process.pid, 'SIGKILL'))

/** A ledger whose file was removed is still whole for as long as it is open: it goes to the backups, where the next host finds it. */
async function refuse(db: Database, error: unknown): Promise<void> {
  const failure = describeFailure(error, `writing to ${file}`)
  if (failure.family === 'store' && failure.code === 'missing') failure.message += `; ${await rescue(db)}`
  say({ type: 'broken', failure })
}

async function rescue(db: Database): Promise<string> {
  try {
    const { path } = await writeBackup(db, { folder: backups, now: Date.now() })
    return `what was in it was saved as ${path}, which the next host puts in its place`
  } catch (error) {
    return `what was in it could not be saved: ${failureOf(error, 'saving it').message}`
  }
}

try {
  const { db, opening } = await openLedger({ file, backups, now: Date.now() })
  const ownership = new Ownership(db)
  port.on('message', (message: ToWriter) => {
    if (message.type === 'close') {
      db.close()
      port.close()
    } else
      try {
        say({ type: 'committed', replies: commitGroup(db, message.commits, () => ownership.require()) })
      } catch (error) {
        void refuse(db, error)
      }
  })
  say({ type: 'ready', opening })
} catch (error) {
  say({ type: 'refused', failure: describeFailure(error, `opening ${file}`) })
}
