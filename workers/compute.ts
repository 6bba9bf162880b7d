import { armCrashPoint, armStopPoint } from '../contract/crashPoint.ts'
import { findRun } from './runs.ts'
import { startThread } from './thread.ts'

/** Entry of a worker's threads: compute, and the one that inspects inputs. A crash point here ends the host first, as a loss of power would. */
armCrashPoint(process.env['GRISTMILL_CRASH_AT'], () => {
  process.kill(process.ppid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
})
armStopPoint(process.env['GRISTMILL_STOP_AT'], () => process.kill(process.pid, 'SIGSTOP'))
startThread(findRun)
