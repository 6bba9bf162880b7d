import { Scroller } from './Scroller.tsx'

/** Text as it is, in a box that scrolls. */
export function CodeBlock({ label, text }: { label: string; text: string }) {
  return (
    <Scroller label={label} className="max-h-48 overflow-auto rounded-md bg-sunken px-3 py-2">
      <pre className="font-mono text-xs">{text}</pre>
    </Scroller>
  )
}
