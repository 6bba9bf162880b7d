import { findRun } from './runs.ts'
import { startThread } from './thread.ts'

/** Entry of a worker's threads: compute, and the one that inspects inputs. */
startThread(findRun)
