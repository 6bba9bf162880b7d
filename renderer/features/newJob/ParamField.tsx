import { assertNever } from '../../../contract/invariant.ts'
import { Choice, Flag, TextBox, type FieldProps } from '../../ui/fields.tsx'
import { format } from '../../ui/format.ts'
import { strings } from '../../ui/strings.ts'
import { textOf, type Control, type Field } from './paramsForm.ts'

/** The control for one param of a kind. */
export function ParamField(props: {
  field: Field
  text: string
  error: string | null
  onType: (text: string) => void
}) {
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
      return <Flag {...shared} />
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

function optionsOf(field: Field, control: Extract<Control, { type: 'choice' }>) {
  const options = control.options.map((option) => textOf(control, option))
  const all = field.initial === '' ? ['', ...options] : options
  return all.map((value) => ({ value, label: value === '' ? strings.newJob.notSet : value }))
}

function hintOf({ hint, control }: Field): string {
  const extra = control.type === 'list' ? strings.newJob.listHint : boundsText(control)
  return [hint === null ? null : endSentence(hint), extra].filter((part) => part !== null && part !== '').join(' ')
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
