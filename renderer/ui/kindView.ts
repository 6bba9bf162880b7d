import type { ReactNode } from 'react'
import type { Json } from '../../contract/json.ts'

/**
 * What a kind's view.tsx exports as `view`, when the generic cards and tables do not do. `coverage` is 1 for a final result and the
 * share of the data that it covers while the job runs.
 */
export interface KindView {
  kind: string
  Result: (props: { result: Json; coverage: number }) => ReactNode
}
