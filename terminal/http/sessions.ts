import { digestOf, makeSecret, sameSecret } from './security.ts'

/** Browsers beyond this many are forgotten, oldest first; they exchange the token again. */
const mostSessions = 1000

/** What `sessions` answers to: the token that the URL carries, and the cookies given for it. Kept in memory, as long as the server. */
export interface Sessions {
  readonly token: string
  /** A new session's cookie value for the right token, undefined for a wrong one. Another window may exchange the token again. */
  exchange(token: string): string | undefined
  knows(cookie: string | undefined): boolean
}

export function makeSessions(): Sessions {
  const token = makeSecret()
  const known = new Set<string>()
  return {
    token,
    exchange(offered) {
      if (!sameSecret(offered, token)) return undefined
      const cookie = makeSecret()
      known.add(digestOf(cookie))
      const [oldest] = known
      if (known.size > mostSessions && oldest !== undefined) known.delete(oldest)
      return cookie
    },
    knows: (cookie) => cookie !== undefined && known.has(digestOf(cookie)),
  }
}
