import { type CommandResult, refuse } from '../../contract/commandError.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Caller } from './host.ts'

/** Why this caller may not have jobs of the kind made, nor keep what would make one; null when it may. */
export function refusedTo(
  { trust }: Pick<Caller, 'trust'>,
  kind: Pick<Kind, 'id' | 'trust'>,
): Extract<CommandResult<never>, { ok: false }> | null {
  if (kind.trust === 'anyone' || trust === 'person') return null
  return refuse(
    'not-allowed',
    `cannot run ${kind.id} from a page: its jobs may do whatever you may, so only you can start them`,
    `use a terminal: gristmill run ${kind.id}`,
  )
}
