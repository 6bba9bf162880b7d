import type { JobDetail } from '../../../contract/api.ts'
import type { Json } from '../../../contract/json.ts'
import { finalJobStates } from '../../../contract/transitions.ts'
import { Bar } from '../../ui/Bar.tsx'
import { format } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { ResultView } from '../../ui/ResultView.tsx'
import { strings } from '../../ui/strings.ts'
import { viewOf } from './views.ts'

const text = strings.job

/** The result, or, until there is one, the answer so far with the share of the data that it covers. */
export function AnswerPanel({ detail: { document, partial } }: { detail: JobDetail }) {
  const { job, result } = document
  const over = finalJobStates.has(job.state)
  if (job.state === 'succeeded') {
    return (
      <Panel title={text.result}>
        {result === null ? (
          <p className="text-soft">{text.noResult}</p>
        ) : (
          <Answer kind={job.kind} result={result} coverage={1} />
        )}
      </Panel>
    )
  }
  if (partial === null) {
    if (over) return null
    return (
      <Panel title={text.answer}>
        <p className="text-soft">{text.resultLater}</p>
      </Panel>
    )
  }
  const covers = text.covers(format.percent(partial.coverage))
  return (
    <Panel
      title={over ? text.partialKept : text.answer}
      aside={
        <div className="flex items-center gap-3">
          <span className="figures text-soft">{covers}</span>
          <div className="w-32">
            <Bar label={covers} fraction={partial.coverage} text={covers} />
          </div>
        </div>
      }
    >
      <Answer kind={job.kind} result={partial.result} coverage={partial.coverage} />
    </Panel>
  )
}

function Answer({ kind, result, coverage }: { kind: string; result: Json; coverage: number }) {
  const view = viewOf(kind)
  return view === null ? <ResultView result={result} /> : <view.Result result={result} coverage={coverage} />
}
