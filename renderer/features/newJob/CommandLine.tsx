import { useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { strings } from '../../ui/strings.ts'

const text = strings.newJob

/** The same job as a line for a terminal, to copy. */
export function CommandLine({ line }: { line: string }) {
  const [copied, setCopied] = useState<string | null>(null)
  async function copy() {
    await navigator.clipboard.writeText(line)
    setCopied(line)
  }
  return (
    <section aria-label={text.command} className="space-y-2">
      <h2 className="text-sm font-medium">{text.command}</h2>
      <div className="flex items-start gap-2">
        <code className="min-w-0 flex-1 rounded-md bg-sunken px-3 py-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
          {line}
        </code>
        <Button onPress={() => void copy()}>{copied === line ? text.copied : text.copy}</Button>
      </div>
    </section>
  )
}
