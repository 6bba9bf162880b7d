import { useId } from 'react'
import { Checkbox } from 'react-aria-components/Checkbox'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea } from 'react-aria-components/TextArea'
import { TextField } from 'react-aria-components/TextField'
import { strings } from './strings.ts'

/** One control of a form: its label, what it is for, and what is wrong with it, tied together for screen readers. */
export interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
  error?: string | null
  optional?: boolean
}

const box =
  'w-full rounded-md border border-edge bg-card px-3 py-1.5 text-sm text-ink placeholder:text-soft data-invalid:border-bad'

function LabelText({ label, optional }: { label: string; optional: boolean | undefined }) {
  return (
    <>
      {label}
      {optional === true && <span className="font-normal text-soft"> ({strings.newJob.optional})</span>}
    </>
  )
}

export function TextBox(props: FieldProps & { lines?: number; placeholder?: string; numeric?: boolean }) {
  const { label, value, onChange, hint, error, optional, lines } = props
  return (
    <TextField value={value} onChange={onChange} isInvalid={error != null} className="flex flex-col gap-1">
      <Label className="text-sm font-medium">
        <LabelText label={label} optional={optional} />
      </Label>
      {lines === undefined ? (
        <Input
          className={box}
          placeholder={props.placeholder ?? ''}
          inputMode={props.numeric === true ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
        />
      ) : (
        <TextArea className={`${box} font-mono`} rows={lines} spellCheck={false} />
      )}
      {hint !== undefined && (
        <Text slot="description" className="text-xs text-soft">
          {hint}
        </Text>
      )}
      <FieldError className="text-xs text-bad">{error}</FieldError>
    </TextField>
  )
}

export interface Option {
  value: string
  label: string
}

export function Choice(props: FieldProps & { options: readonly Option[]; inline?: boolean }) {
  const id = useId()
  const { label, value, onChange, hint, error, optional, options, inline } = props
  return (
    <div className={inline === true ? 'flex items-center gap-2 whitespace-nowrap' : 'flex flex-col gap-1'}>
      <label htmlFor={id} className={inline === true ? 'text-xs text-soft' : 'text-sm font-medium'}>
        <LabelText label={label} optional={optional} />
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={error != null}
        className={`${box} ${inline === true ? 'w-auto' : ''}`}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <span id={`${id}-hint`} className="text-xs text-soft">
          {hint}
        </span>
      )}
      {error != null && (
        <span id={`${id}-error`} className="text-xs text-bad">
          {error}
        </span>
      )}
    </div>
  )
}

export function Flag({ label, value, onChange, hint }: FieldProps) {
  return (
    <div className="flex flex-col gap-1">
      <Checkbox
        isSelected={value === 'true'}
        onChange={(selected) => onChange(selected ? 'true' : 'false')}
        className="group flex w-fit items-center gap-2 text-sm font-medium"
      >
        <span
          aria-hidden="true"
          className="flex size-5 items-center justify-center rounded-sm border border-edge bg-card text-on-accent group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent"
        >
          <span className="opacity-0 group-data-selected:opacity-100">✓</span>
        </span>
        {label}
      </Checkbox>
      {hint !== undefined && <span className="ps-7 text-xs text-soft">{hint}</span>}
    </div>
  )
}
