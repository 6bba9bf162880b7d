import { digestOf, makeSecret } from './security.ts'

/** Browsers beyond this many are forgotten, oldest first, and tokens that nobody has used. */
const mostSessions = 1000
const mostInvitations = 100

/** What `sessions` answers to: tokens that URLs carry, and the cookies given for them. Kept in memory, as long as the server. */
export interface Sessions {
  /** A new token. It is good once: who finds a used one in a history or a log has nothing. */
  invite(): string
  /** A new session's cookie value for a token that nobody has used yet, undefined for any other. */
  exchange(token: string): string | undefined
  knows(cookie: string | undefined): boolean
}

export function makeSessions(): Sessions {
  const invited = new Set<string>()
  const known = new Set<string>()
  return {
    invite: () => addSecret(invited, mostInvitations),
    exchange: (token) => (invited.delete(digestOf(token)) ? addSecret(known, mostSessions) : undefined),
    knows: (cookie) => cookie !== undefined && known.has(digestOf(cookie)),
  }
}

function addSecret(digests: Set<string>, most: number): string {
  const secret = makeSecret()
  digests.add(digestOf(secret))
  const [oldest] = digests
  if (digests.size > most && oldest !== undefined) digests.delete(oldest)
  return secret
}
