import { assertNever } from '../../../contract/invariant.ts'
import type { Column } from '../../../contract/table.ts'
import { Choice, Flag, TextBox, type FieldProps } from '../../ui/fields.tsx'
import { format } from '../../ui/format.ts'
import { strings } from '../../ui/strings.ts'
import { ColumnPicker } from './ColumnPicker.tsx'
import { textOf, type Control, type Field } from './paramsForm.ts'

/** The control for one param of a kind; of one that names columns with the columns to choose from. */
export function ParamField(props: ParamFieldProps) {
  const { field, columns, text, onType } = props
  if (columns.length === 0 || !namesColumns(field)) return <ParamControl {...props} />
  const isList = field.control.type === 'list'
  return (
    <div className="space-y-2">
      <ParamControl {...props} />
      <ColumnPicker label={field.label} columns={columns} text={text} isList={isList} onType={onType} />
    </div>
  )
}

/** By convention, over all kinds. */
const columnParams = new Set(['by', 'column', 'columns', 'partitionBy'])

function namesColumns({ name, control }: Field): boolean {
  return columnParams.has(name) && (control.type === 'text' || (control.type === 'list' && control.item === 'text'))
}

interface ParamFieldProps {
  field: Field
  text: string
  error: string | null
  onType: (text: string) => void
  /** Of the tables that were dropped. */
  columns: readonly Column[]
}

function ParamControl(props: ParamFieldProps) {
  const { field, text, error, onType } = props
  const { control } = field
  const hint = hintOf(field)
  const shared: FieldProps = {
    label: field.label,
    value: text,
    onChange: onType,
    error,
    optional: !field.required && field.initial === '',
    ...(hint === '' ? {} : { hint }),
  }
  switch (control.type) {
    case 'flag':
      // A box that is not ticked would say no where nothing has been said.
      return shared.optional === true ? <Choice {...shared} options={yesOrNo} /> : <Flag {...shared} />
    case 'choice':
      return <Choice {...shared} options={optionsOf(field, control)} />
    case 'list':
    case 'json':
      return <TextBox {...shared} lines={3} />
    case 'number':
      return <TextBox {...shared} numeric />
    case 'text':
      return <TextBox {...shared} />
    default:
      return assertNever(control, 'control of a param')
  }
}

const yesOrNo = [
  { value: '', label: strings.newJob.notSet },
  { value: 'true', label: strings.newJob.yes },
  { value: 'false', label: strings.newJob.no },
]

function optionsOf(field: Field, control: Extract<Control, { type: 'choice' }>) {
  const options = control.options.map((option) => textOf(control, option))
  const all = field.initial === '' ? ['', ...options] : options
  return all.map((value) => ({ value, label: value === '' ? strings.newJob.notSet : value }))
}

function hintOf({ hint, control }: Field): string {
  const extra = control.type === 'list' ? listHint(control) : boundsText(control)
  return [hint === null ? null : endSentence(hint), extra].filter((part) => part !== null && part !== '').join(' ')
}

function listHint({ item }: Extract<Control, { type: 'list' }>): string {
  return item === 'text' ? strings.newJob.textListHint : strings.newJob.listHint
}

function boundsText(control: Control): string | null {
  if (control.type !== 'number') return null
  const { minimum, maximum } = control
  if (minimum !== null && maximum !== null)
    return `${strings.field.range(format.number(minimum), format.number(maximum))}.`
  if (minimum !== null) return strings.field.minimum(format.number(minimum))
  return maximum === null ? null : strings.field.maximum(format.number(maximum))
}

function endSentence(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
