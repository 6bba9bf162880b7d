import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button'
import type { ReactNode } from 'react'

type Look = 'main' | 'plain' | 'quiet' | 'danger'

const shape =
  'inline-flex min-h-8 items-center justify-center gap-2 rounded-md px-3 py-1.5 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-50'
const looks: Record<Look, string> = {
  main: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-edge bg-card text-ink hover:bg-sunken',
  quiet: 'text-accent hover:bg-accent-wash',
  danger: 'border border-bad bg-card text-bad hover:bg-bad-wash',
}

export function buttonClass(look: Look = 'plain'): string {
  return `${shape} ${looks[look]}`
}

export function Button({ look, ...props }: Omit<ButtonProps, 'className'> & { look?: Look; children: ReactNode }) {
  return <AriaButton {...props} className={buttonClass(look)} />
}
