import type { Attempt } from '../../../contract/job.ts'
import { CodeBlock } from '../../ui/CodeBlock.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { strings } from '../../ui/strings.ts'
import { groupFailures } from './failureGroups.ts'

const text = strings.job
const samplesShown = 3

/** Failed attempts by cause, the most frequent first, each with a few samples. */
export function Problems({ failures }: { failures: readonly Attempt[] }) {
  const groups = groupFailures(failures)
  if (groups.length === 0) return null
  return (
    <Panel title={text.problems}>
      <ul className="space-y-3">
        {groups.map(({ cause, attempts }) => (
          <li key={cause} className="rounded-md border border-line p-3">
            <p className="font-medium wrap-anywhere">
              {cause} <span className="figures font-normal text-soft">× {format.count(attempts.length)}</span>
            </p>
            <details className="mt-1">
              <summary className="w-fit cursor-pointer text-accent">{text.problemsMore}</summary>
              <ul className="mt-2 space-y-3">
                {attempts.slice(0, samplesShown).map((attempt) => (
                  <Sample key={`${attempt.task}/${attempt.attempt}`} attempt={attempt} />
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Sample({ attempt }: { attempt: Attempt }) {
  const { exitCode, signal, peakMemoryBytes, bytes, rows, place, stack, logTail } = attempt
  const facts = [
    text.attempt(attempt.task, attempt.attempt, attempt.worker),
    format.time(attempt.endedAt),
    ...(exitCode === null ? [] : [text.exit(exitCode)]),
    ...(signal === null ? [] : [text.signal(signal)]),
    ...(bytes === null || rows === null ? [] : [text.come(format.bytes(bytes), rows)]),
    ...(place === null ? [] : [text.place(place.offset)]),
    ...(peakMemoryBytes === null ? [] : [text.memory(format.bytes(peakMemoryBytes))]),
  ]
  const trace = [stack, logTail].filter((part) => part !== null && part !== '').join('\n\n')
  return (
    <li className="space-y-1">
      <p className="figures text-xs text-soft">{facts.join(' · ')}</p>
      {trace !== '' && <CodeBlock label={text.attempt(attempt.task, attempt.attempt, attempt.worker)} text={trace} />}
    </li>
  )
}
