import { useCallback, useState } from 'react'

/** Which page of a long table is in sight: rows are read a page at a time, the one around the middle of what is seen. */
export const pageRows = 200

export function usePages() {
  const [offset, setOffset] = useState(0)
  const onSight = useCallback((first: number, last: number) => setOffset(pageOffset(first, last)), [])
  return { offset, onSight }
}

/** Pages overlap by half, so that every window of rows lies within one. */
export function pageOffset(first: number, last: number): number {
  const half = pageRows / 2
  return Math.max(0, Math.floor(((first + last) / 2 - half / 2) / half) * half)
}
