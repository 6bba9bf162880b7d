import { useState } from 'react'
import { commandLine, type CommandWords } from '../../../contract/commandLine.ts'
import { useHost } from '../../client/dashboard.tsx'
import { useCommand } from '../../client/useCommand.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.newJob

/** The same job as a line for a terminal, to copy. Where the page has names, a desktop copies paths. */
export function CommandLine({ words }: { words: CommandWords }) {
  const host = useHost()
  const copy = useCommand(host.copyCommand)
  const [copied, setCopied] = useState<string | null>(null)
  const line = commandLine(words)
  async function press() {
    const reply = await copy.go(words)
    if (reply.ok) setCopied(line)
  }
  return (
    <section aria-label={text.command} className="space-y-2">
      <h2 className="text-sm font-medium">{text.command}</h2>
      <div className="flex items-start gap-2">
        <code className="min-w-0 flex-1 rounded-md bg-sunken px-3 py-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
          {line}
        </code>
        <Button onPress={() => void press()}>{copied === line ? text.copied : text.copy}</Button>
      </div>
      <ErrorNote error={copy.error} />
    </section>
  )
}
