import { useEffect, useState } from 'react'
import type { AnswerLine } from '../../../contract/open.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'

/** What has come of the items of an open list: the newest of the answers, and how it stands. */
export interface Answers {
  newest: readonly AnswerLine[]
  counts: { items: number; answered: number } | null
  /** Whether items may still be given. */
  open: boolean
}

const mostShown = 1000

/** Follows a job's answers from the first to the last, as long as the page shows them. */
export function useAnswers(job: string): Answers {
  const { api } = useHost()
  const { status } = useConnection()
  const [answers, setAnswers] = useState<Answers>({ newest: [], counts: null, open: true })
  useEffect(() => {
    if (status !== 'open') return undefined
    let left = false
    const follow = async () => {
      for (let from = 0; !left;) {
        const reply = await api.jobs.answers({ job, from })
        if (!reply.ok || left) return
        const { next, counts, open, over } = reply.value
        const first = from === 0
        setAnswers((before) => ({
          newest: [...(first ? [] : before.newest), ...reply.value.answers].slice(-mostShown),
          counts: counts ?? before.counts,
          open,
        }))
        if (over) return
        from = next
      }
    }
    // A connection that breaks off is told of elsewhere; when it is back, this begins anew.
    follow().catch(() => undefined)
    return () => {
      left = true
    }
  }, [api, job, status])
  return answers
}
