import { ORPCError } from '@orpc/server'

/** The call was not of the contract: its caller is told, and it is no news to the host, whose log a stranger could fill with it. */
export function isCallersFault(error: unknown): boolean {
  return error instanceof ORPCError && error.code === 'BAD_REQUEST'
}
