import { Component, type ReactNode } from 'react'
import { strings } from '../ui/strings.ts'

/** Keeps a bug in one screen from taking the whole page with it, and says so. */
export class Boundary extends Component<{ children: ReactNode }, { broken: Error | null }> {
  override state: { broken: Error | null } = { broken: null }

  static getDerivedStateFromError(broken: Error) {
    return { broken }
  }

  override render() {
    const { broken } = this.state
    if (broken === null) return this.props.children
    return (
      <div role="alert" className="mx-auto max-w-3xl space-y-2 px-6 py-10">
        <h1 className="text-lg font-semibold">{strings.broken.title}</h1>
        <p className="text-soft">{strings.broken.text}</p>
        <p className="rounded-md bg-bad-wash px-3 py-2 text-bad">{broken.message}</p>
      </div>
    )
  }
}
