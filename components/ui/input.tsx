'use client'
// components/ui/input.tsx: what one types in, and the field around it: label, hint, error. The label is always there; an
// error is a sentence with a mark, tied to the input for screen readers.
import { type ComponentProps, createContext, type ReactNode, use, useId } from 'react'
import { cn } from './cn'
import { Mark } from './mark'

interface FieldState {
  readonly id: string
  readonly describedBy: string | undefined
  readonly invalid: boolean
}
const FieldContext = createContext<FieldState | null>(null)
/** For controls of other files (select, combobox) that stand in a field. */
export const useField = (): FieldState | null => use(FieldContext)

export interface FieldProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly optional?: string | undefined
  readonly className?: string | undefined
  readonly children: ReactNode
}
export function Field({ label, hint, error, optional, className, children }: FieldProps) {
  const id = useId()
  const describedBy = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
  return (
    <div className={cn('min-w-0', className)}>
      <label htmlFor={id} className="mb-[3px] block text-xs text-ink-2">
        {label}
        {optional ? <span className="text-ink-3"> ({optional})</span> : null}
      </label>
      <FieldContext value={{ id, describedBy, invalid: Boolean(error) }}>{children}</FieldContext>
      {error ? (
        <p id={`${id}-error`} role="alert" className="mt-[3px] flex items-start gap-1 text-xs text-crit">
          <Mark state="crit" className="mt-0.5" />
          <span>{error}</span>
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="mt-[3px] text-xs text-ink-3">
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export const inputLooks =
  'flex h-7 w-full min-w-0 items-center gap-[7px] rounded-md border border-control bg-panel px-[9px] text-sm text-ink has-[:focus-visible]:border-focus has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-1 has-[:focus-visible]:outline-focus has-[[aria-invalid=true]]:border-crit-mark has-[:disabled]:border-line has-[:disabled]:bg-transparent has-[:disabled]:text-ink-off max-sm:h-11 max-sm:text-[16px] [&_.lucide]:size-[13px] [&_.lucide]:text-ink-3'

export interface InputProps extends Omit<ComponentProps<'input'>, 'size'> {
  readonly leading?: ReactNode
  readonly trailing?: ReactNode
  readonly mono?: boolean | undefined
  readonly size?: 'md' | 'lg' | undefined
  /** Classes of the frame; `className` belongs to the input itself. */
  readonly frame?: string | undefined
}
export function Input({ leading, trailing, mono, size, frame, className, ...rest }: InputProps) {
  const field = useField()
  return (
    <span className={cn(inputLooks, size === 'lg' && 'h-[34px]', frame)}>
      {leading}
      <input
        id={field?.id}
        aria-describedby={field?.describedBy}
        aria-invalid={field?.invalid || undefined}
        autoComplete="off"
        spellCheck={false}
        className={cn('h-full min-w-0 flex-1 bg-transparent outline-none', mono && 'mono', className)}
        {...rest}
      />
      {trailing}
    </span>
  )
}

export function Textarea({ mono, className, ...rest }: ComponentProps<'textarea'> & { mono?: boolean | undefined }) {
  const field = useField()
  return (
    <textarea
      id={field?.id}
      aria-describedby={field?.describedBy}
      aria-invalid={field?.invalid || undefined}
      spellCheck={false}
      className={cn(
        'block w-full min-w-0 rounded-md border border-control bg-panel px-[9px] py-1.5 text-sm text-ink focus-visible:border-focus aria-[invalid=true]:border-crit-mark max-sm:text-[16px]',
        mono && 'mono',
        className,
      )}
      {...rest}
    />
  )
}
