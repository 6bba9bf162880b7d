import { useState } from 'react'
import { refuse, type CommandError, type CommandResult } from '../../contract/commandError.ts'

/** A command under way and what came of it, so that its error can stand beside the control that caused it. */
export interface Command<Input, Value> {
  go: (input: Input) => Promise<CommandResult<Value>>
  busy: boolean
  error: CommandError | null
  clear: () => void
}

export function useCommand<Input, Value>(run: (input: Input) => Promise<CommandResult<Value>>): Command<Input, Value> {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<CommandError | null>(null)
  async function go(input: Input) {
    setBusy(true)
    setError(null)
    const outcome = await settle(run(input))
    setBusy(false)
    if (!outcome.ok) setError(outcome.error)
    return outcome
  }
  return { go, busy, error, clear: () => setError(null) }
}

/** A call that broke off becomes a CommandError: nobody knows whether the host carried it out. */
export async function settle<Value>(call: Promise<CommandResult<Value>>): Promise<CommandResult<Value>> {
  try {
    return await call
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    return refuse('unavailable', `The host did not answer: ${why}`, 'look at the list of jobs before trying again')
  }
}
