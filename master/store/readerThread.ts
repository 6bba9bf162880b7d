import { parentPort, workerData } from 'node:worker_threads'
import { armCrashPoint } from '../../contract/crashPoint.ts'
import { invariant } from '../../contract/invariant.ts'
import { type Backup, writeBackup } from './backups.ts'
import { checkpoint, truncateWal } from './checkpoints.ts'
import { openForCheckpoints, openForReading } from './database.ts'
import { describeFailure } from './failures.ts'
import type { Errand, FromReader, ThreadData, ToReader } from './messages.ts'
import { answerQuestion } from './read/questions.ts'

/**
 * Entry of the reading thread. It answers questions on a connection that cannot write, and between them keeps the WAL small on a
 * second one: a checkpoint soon after something was written, an emptied WAL when nothing has been written for a while.
 */
const checkpointAfterMs = 100
const idleAfterMs = 2000
/** A WAL above this is started anew, for which the writer waits a moment. */
const largestWalBytes = 64 * 1024 * 1024

invariant(parentPort !== null, 'the reading thread has an owner')
const port = parentPort
const { file, backups } = workerData as ThreadData
const say = (message: FromReader): void => port.postMessage(message)
armCrashPoint(process.env['GRISTMILL_CRASH_AT'], () => process.kill(process.pid, 'SIGKILL'))

try {
  const db = openForReading(file)
  const checkpoints = openForCheckpoints(file)
  // Questions wait as long as this: what is not done now is done in the next round.
  checkpoints.pragma('busy_timeout = 100')
  let soon: NodeJS.Timeout | undefined
  let idle: NodeJS.Timeout | undefined

  const empty = (): void => {
    if (!truncateWal(checkpoints)) idle = setTimeout(empty, idleAfterMs)
  }
  const written = (): void => {
    clearTimeout(idle)
    idle = setTimeout(empty, idleAfterMs)
    soon ??= setTimeout(() => {
      soon = undefined
      checkpoint(checkpoints, { file, largestWalBytes })
    }, checkpointAfterMs)
  }
  let closing = false
  let backup: Promise<unknown> = Promise.resolve()
  const close = async (): Promise<void> => {
    closing = true
    clearTimeout(soon)
    clearTimeout(idle)
    await backup
    checkpoints.close()
    db.close()
    port.close()
  }
  const backUp = async (): Promise<Backup> => {
    // A connection of its own: it keeps one snapshot from the first slice to the last.
    const snapshot = openForReading(file)
    try {
      return await writeBackup(snapshot, { folder: backups, now: Date.now(), cancelled: () => closing })
    } finally {
      snapshot.close()
    }
  }
  const answer = async (id: number, question: Errand): Promise<void> => {
    try {
      if (question.ask !== 'backUp') return say({ type: 'answered', id, answer: answerQuestion(db, question) })
      const made = backUp()
      backup = made.catch(() => undefined)
      say({ type: 'answered', id, answer: await made })
    } catch (error) {
      say({ type: 'failed', id, failure: describeFailure(error, `reading ${question.ask}`) })
    }
  }

  port.on('message', (message: ToReader) => {
    if (message.type === 'written') written()
    else if (message.type === 'close') void close()
    else void answer(message.id, message.question)
  })
  say({ type: 'ready' })
} catch (error) {
  say({ type: 'refused', failure: describeFailure(error, `opening ${file}`) })
}
