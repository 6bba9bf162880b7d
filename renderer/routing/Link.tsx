import type { ReactNode } from 'react'
import { formatRoute, type Route } from './routes.ts'

export function Link({ to, className, children }: { to: Route; className?: string; children: ReactNode }) {
  return (
    <a href={formatRoute(to)} className={className ?? 'text-accent underline underline-offset-2 hover:no-underline'}>
      {children}
    </a>
  )
}
