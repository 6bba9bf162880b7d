import { useEffect, useRef, type ReactNode } from 'react'
import { strings } from './strings.ts'

/** A screen: its title, which takes the focus when the screen opens, so that keyboard and screen reader begin at its top. */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  useEffect(() => {
    document.title = `${title} · ${strings.app}`
  }, [title])
  return (
    <div className="mx-auto w-full max-w-6xl space-y-5 px-6 py-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1
          ref={heading}
          tabIndex={-1}
          className="text-xl font-semibold tracking-tight wrap-anywhere focus-visible:outline-none"
        >
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </div>
  )
}
