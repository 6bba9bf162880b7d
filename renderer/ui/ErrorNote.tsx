import { commandErrorLine, type CommandError } from '../../contract/commandError.ts'

/** What went wrong, beside the control that caused it, as plain text. */
export function ErrorNote({ error }: { error: CommandError | string | null }) {
  if (error === null) return null
  return (
    <p role="alert" className="rounded-md bg-bad-wash px-3 py-2 text-sm wrap-anywhere text-bad">
      {typeof error === 'string' ? error : commandErrorLine(error)}
    </p>
  )
}
