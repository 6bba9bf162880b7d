import type { JobRequest } from '../../../contract/api.ts'
import { type CommandResult, refuse, succeed } from '../../../contract/commandError.ts'
import { assertNever } from '../../../contract/invariant.ts'
import type { Checked, OutputSample } from '../../../contract/outputSample.ts'
import type { Caller } from '../host.ts'
import { os, type Room } from '../room.ts'

/** A sample is looked for in so many inputs. */
const mostInputs = 10

/** Everything that comes before a job is made, and no job. */
export function check(room: Room) {
  return os.jobs.check.handler(({ input, context }) => checkOne(room, input, context.caller))
}

async function checkOne(room: Room, request: JobRequest, caller: Caller): Promise<CommandResult<Checked>> {
  const accepted = await room.intake.accept(request, caller)
  if (!accepted.ok) return accepted
  const { kind, params, inputs } = accepted.value
  // Of a list that stays open nothing has come yet.
  if (inputs[0]?.open !== undefined) return succeed({ sample: null, why: null })
  const reply = await room.sample({ kind, params, inputs: inputs.slice(0, mostInputs) })
  switch (reply.type) {
    case 'sampled':
      return succeed({ sample: ofSome(reply.sample, inputs.length), why: null })
    case 'none':
      return succeed({ sample: null, why: reply.why })
    case 'refused':
      return refuse('invalid-input', `cannot run ${kind}: ${reply.message}`)
    default:
      return assertNever(reply, 'a sample')
  }
}

/** What is all of the first inputs is not all. */
function ofSome(sample: OutputSample | null, inputs: number): OutputSample | null {
  return sample?.ended === 'whole' && inputs > mostInputs ? { ...sample, ended: 'cut' } : sample
}
