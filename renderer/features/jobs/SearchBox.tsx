import { useEffect, useRef } from 'react'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { strings } from '../../ui/strings.ts'

/** Search as one types; `/` brings the focus here from anywhere that takes no text. */
export function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || takesText(event.target)) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <SearchField aria-label={strings.home.search} value={value} onChange={onChange}>
      <Input
        ref={input}
        placeholder={strings.home.searchHint}
        className="w-72 max-w-full rounded-md border border-edge bg-card px-3 py-1.5 text-sm placeholder:text-soft"
      />
    </SearchField>
  )
}

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  )
}
