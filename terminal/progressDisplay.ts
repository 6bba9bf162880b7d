import type { JobSummary } from '../contract/job.ts'
import { barLine, plainLine } from './progressText.ts'

/** Shows one job's progress on stderr: a bar that redraws itself on a terminal, a line now and then elsewhere. */
export interface ProgressDisplay {
  show(summary: JobSummary): void
  /** Something else to say meanwhile. */
  note(text: string): void
  /** Leaves nothing of the bar behind. */
  end(): void
}

const redrawMs = 100
const plainMs = 3000
const eraseLine = '\r\u001B[2K'

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>
/** Milliseconds that only go forward. */
type Clock = () => number

function makeBar(stream: Stream, now: Clock): ProgressDisplay {
  let drawnAt = -Infinity
  let line = ''
  return {
    show(summary) {
      if (now() - drawnAt < redrawMs) return
      drawnAt = now()
      const next = barLine(summary, stream.columns)
      if (next !== line) stream.write(eraseLine + next)
      line = next
    },
    note(text) {
      stream.write(`${line === '' ? '' : eraseLine}${text}\n${line}`)
    },
    end() {
      if (line !== '') stream.write(eraseLine)
      line = ''
    },
  }
}

/** The first line comes only when the job has run for a while: what is over at once needs no progress. */
function makeLines(stream: Stream, now: Clock): ProgressDisplay {
  let writtenAt = now()
  let line = ''
  return {
    show(summary) {
      if (now() - writtenAt < plainMs) return
      const next = plainLine(summary)
      if (next === line) return
      writtenAt = now()
      line = next
      stream.write(`${next}\n`)
    },
    note: (text) => void stream.write(`${text}\n`),
    end: () => {},
  }
}

function makeQuiet(stream: Stream): ProgressDisplay {
  return { show: () => {}, note: (text) => void stream.write(`${text}\n`), end: () => {} }
}

export function makeProgressDisplay(
  stream: Stream,
  { quiet, now = () => performance.now() }: { quiet: boolean; now?: Clock },
): ProgressDisplay {
  if (quiet) return makeQuiet(stream)
  return stream.isTTY ? makeBar(stream, now) : makeLines(stream, now)
}
