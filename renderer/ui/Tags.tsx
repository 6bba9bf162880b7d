/** Words that a person has put on a job. */
export function Tags({ label, tags }: { label: string; tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <ul aria-label={label} className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag} className="rounded-md border border-line bg-sunken px-1.5 text-xs text-soft wrap-anywhere">
          {tag}
        </li>
      ))}
    </ul>
  )
}
