import { z } from 'zod'
import { oneLine } from './oneLine.ts'

/**
 * Why a command was not carried out, as a value: shown beside the control that caused it, never thrown across a process boundary.
 * `message` says what was attempted, on what and why not; `hint` says what to do.
 */
export const commandErrorSchema = z.strictObject({
  code: z.enum([
    'unknown-kind',
    'invalid-params',
    'invalid-input',
    'input-missing',
    'input-unreadable',
    'input-not-a-file',
    'input-wrong-format',
    'output-exists',
    'output-unwritable',
    'unknown-job',
    'ambiguous-job',
    'wrong-state',
    'not-allowed',
    'unavailable',
  ]),
  message: z.string(),
  hint: z.string().optional(),
})
export type CommandError = z.infer<typeof commandErrorSchema>
export type CommandErrorCode = CommandError['code']

export type CommandResult<T> = { ok: true; value: T } | { ok: false; error: CommandError }

export function succeed<T>(value: T): CommandResult<T> {
  return { ok: true, value }
}

export function refuse(code: CommandErrorCode, message: string, hint?: string): { ok: false; error: CommandError } {
  const error = { code, message: oneLine(message) }
  return { ok: false, error: hint === undefined ? error : { ...error, hint: oneLine(hint) } }
}

export function commandResultSchema<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), value }),
    z.strictObject({ ok: z.literal(false), error: commandErrorSchema }),
  ])
}

/** The one line that a person reads: what, why, what to do. */
export function commandErrorLine(error: CommandError): string {
  return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`
}
