/**
 * Turns the token in the page's address into the host's cookie, once, and takes it out of the address, so that it is neither
 * bookmarked nor shared by a copied link.
 */
export interface Page {
  fragment: string
  /** Replaces the fragment without adding to the history. */
  clearFragment: () => void
  post(path: string, body: unknown): Promise<{ ok: boolean }>
}

/** A route starts with a slash, a token never does. */
export function tokenOf(fragment: string): string | null {
  const text = fragment.startsWith('#') ? fragment.slice(1) : fragment
  return /^[A-Za-z0-9_-]{16,}$/.test(text) ? text : null
}

export async function openSession(page: Page): Promise<'exchanged' | 'refused' | 'none'> {
  const token = tokenOf(page.fragment)
  if (token === null) return 'none'
  const reply = await page.post('/api/session', { token })
  page.clearFragment()
  return reply.ok ? 'exchanged' : 'refused'
}
