import { ToggleButton } from 'react-aria-components/ToggleButton'
import type { Column } from '../../../contract/table.ts'
import { tableStrings } from '../../ui/tableStrings.ts'
import { textOfWords, wordsOf } from './wordList.ts'

/** More are typed. */
const mostOffered = 200

/** The columns of what was dropped, to be put into a param that names columns, in the order in which they are pressed. */
export function ColumnPicker(props: {
  label: string
  columns: readonly Column[]
  text: string
  /** A list takes any number of names, any other field one. */
  isList: boolean
  onType: (text: string) => void
}) {
  const { label, columns, text, isList, onType } = props
  const words = isList ? wordsOf(text) : [text]
  function toggle(name: string, isChosen: boolean) {
    const others = words.filter((word) => !names(word, name))
    if (isList) onType(textOfWords(isChosen ? [...others, name] : others))
    else onType(isChosen ? name : '')
  }
  return (
    <fieldset aria-label={tableStrings.pick(label)} className="flex max-h-32 flex-wrap gap-1.5 overflow-auto p-0.5">
      {columns.slice(0, mostOffered).map(({ name }) => (
        <ToggleButton
          key={name}
          isSelected={words.some((word) => names(word, name))}
          onChange={(isChosen) => toggle(name, isChosen)}
          className="max-w-full truncate rounded-full border border-edge bg-card px-2.5 py-0.5 text-xs hover:bg-sunken data-selected:border-accent data-selected:bg-accent data-selected:text-on-accent"
        >
          {name}
        </ToggleButton>
      ))}
    </fieldset>
  )
}

/** A name may have words about it behind a colon: `people:desc`. */
function names(word: string, name: string): boolean {
  return word === name || word.startsWith(`${name}:`)
}
