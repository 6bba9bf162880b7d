import type { KindView } from '../../ui/kindView.ts'

/** The views that kinds bring along; every other kind is shown by the generic one. */
const modules = import.meta.glob<{ view: KindView }>('../../../kinds/*/view.tsx', { eager: true })

const byKind = new Map(Object.values(modules).map(({ view }) => [view.kind, view]))

export function viewOf(kind: string): KindView | null {
  return byKind.get(kind) ?? null
}
