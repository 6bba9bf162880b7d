import { useEffect, useState } from 'react'

/** The time, for texts such as "3 minutes ago", which are enough when they are right to the half minute. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
