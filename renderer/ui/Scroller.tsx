import type { CSSProperties, ReactNode, RefObject } from 'react'

/** A part of the page that scrolls by itself, named and reachable by keyboard, so that arrow keys can scroll it. */
export function Scroller(props: {
  label: string
  className: string
  style?: CSSProperties
  ref?: RefObject<HTMLElement | null>
  children: ReactNode
}) {
  const { label, className, style, ref, children } = props
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it a keyboard cannot scroll the region (WCAG 2.1.1)
    <section ref={ref} tabIndex={0} aria-label={label} className={className} style={style}>
      {children}
    </section>
  )
}
