import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../contract/invariant.ts'
import { checkpoint, truncateWal } from './checkpoints.ts'
import { openForCheckpoints, openForReading } from './database.ts'
import { describeFailure } from './failures.ts'
import type { FromReader, ThreadData, ToReader } from './messages.ts'
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
const { file } = workerData as ThreadData
const say = (message: FromReader): void => port.postMessage(message)

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
  const close = (): void => {
    clearTimeout(soon)
    clearTimeout(idle)
    checkpoints.close()
    db.close()
    port.close()
  }

  port.on('message', (message: ToReader) => {
    if (message.type === 'written') written()
    else if (message.type === 'close') close()
    else
      try {
        say({ type: 'answered', id: message.id, answer: answerQuestion(db, message.question) })
      } catch (error) {
        say({ type: 'failed', id: message.id, failure: describeFailure(error, `reading ${message.question.ask}`) })
      }
  })
  say({ type: 'ready' })
} catch (error) {
  say({ type: 'refused', failure: describeFailure(error, `opening ${file}`) })
}
