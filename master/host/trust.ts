import { type CommandResult, refuse } from '../../contract/commandError.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Caller } from './host.ts'

/**
 * Kinds whose jobs may do whatever the person may (contract/kind.ts, `trust`): only the person has them made. A page can do no more than ask,
 * where there is somebody who can be shown what it wants.
 */

/** Why this caller may not have jobs of the kind made, nor keep what would make one; null when it may. */
export function refusedTo(
  { trust, agreed }: Pick<Caller, 'trust' | 'agreed'>,
  kind: Pick<Kind, 'id' | 'trust'>,
): Extract<CommandResult<never>, { ok: false }> | null {
  if (kind.trust === 'anyone' || trust === 'person' || agreed === true) return null
  if (agreed === false) return refuse('not-allowed', `cannot run ${kind.id}: you did not allow it`)
  return refuse(
    'not-allowed',
    `cannot run ${kind.id} from a page: its jobs may do whatever you may, so only you can start them`,
    `use a terminal: gristmill run ${kind.id}`,
  )
}

/** What does not fit into a box cannot be looked at, and is not asked for. */
const mostShown = 3000

/** The caller with the person's answer, where the kind takes one. It may take long: nothing else is to wait for it. */
export async function withConsent(
  caller: Caller,
  kind: Pick<Kind, 'title' | 'trust'> | undefined,
  params: unknown,
): Promise<Caller> {
  if (kind === undefined || kind.trust === 'anyone' || caller.trust === 'person') return caller
  const shown = shownText(params)
  if (caller.confirm === undefined || shown.length > mostShown) return caller
  return { ...caller, agreed: await caller.confirm({ title: kind.title, params: shown }) }
}

/** What would turn or hide letters is written out: what is shown is what is run. */
function shownText(params: unknown): string {
  const text = JSON.stringify(params, null, 1)
  return text.replaceAll(
    /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu,
    (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
