'use client'
// components/ui/menu.tsx: a list of actions behind a button. Each says its key; one that is off says why.
import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'
import { Kbd } from './tag'

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly align?: 'start' | 'end' | undefined
  readonly className?: string | undefined
  readonly children: ReactNode
  readonly open?: boolean | undefined
  readonly onOpenChange?: ((open: boolean) => void) | undefined
}
export const Menu = ({ trigger, align = 'end', className, children, open, onOpenChange }: MenuProps) => (
  <Radix.Root
    modal={false}
    {...(open === undefined ? {} : { open })}
    {...(onOpenChange === undefined ? {} : { onOpenChange })}
  >
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          'enter-float z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-float',
          className,
        )}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)

const itemLooks =
  'flex min-h-7 cursor-pointer items-center gap-2 rounded-md px-2 py-1 text-sm text-ink outline-none select-none data-disabled:cursor-not-allowed data-disabled:text-ink-off data-highlighted:bg-selected max-sm:min-h-11 [&_.lucide]:size-[13px] [&_.lucide]:text-ink-3'

export interface MenuItemProps {
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  /** Why it is off. */
  readonly reason?: string | undefined
  readonly danger?: boolean | undefined
  readonly onSelect?: ((event: Event) => void) | undefined
  /** Draw the child (a link) as the item. */
  readonly asChild?: boolean | undefined
  readonly children: ReactNode
}
export const MenuItem = ({ icon, keys, reason, danger, onSelect, asChild, children }: MenuItemProps) =>
  asChild ? (
    <Radix.Item asChild className={itemLooks}>
      {children}
    </Radix.Item>
  ) : (
    <Radix.Item
      disabled={Boolean(reason)}
      className={cn(itemLooks, danger && 'text-crit [&_.lucide]:text-crit')}
      {...(onSelect ? { onSelect } : {})}
    >
      {icon}
      <span className="min-w-0 flex-1">
        {children}
        {reason ? <span className="block text-xs text-ink-3">{reason}</span> : null}
      </span>
      {keys ? <Kbd>{keys}</Kbd> : null}
    </Radix.Item>
  )

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-0.5 text-xs text-ink-3">{children}</Radix.Label>
)
export const MenuSeparator = () => <Radix.Separator className="mx-1 my-1 h-px bg-hair" />

export interface MenuChoiceProps<T extends string> {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly choices: readonly { value: T; label: ReactNode; note?: ReactNode }[]
}
export const MenuChoice = <T extends string>({ value, onChange, choices }: MenuChoiceProps<T>) => (
  // Radix speaks of strings; only values of `choices` can come back.
  <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
    {choices.map((choice) => (
      <Radix.RadioItem key={choice.value} value={choice.value} className={itemLooks}>
        <span className="grid w-[13px] place-items-center">
          <Radix.ItemIndicator>
            <Check className="text-tide!" />
          </Radix.ItemIndicator>
        </span>
        <span className="min-w-0 flex-1">{choice.label}</span>
        {choice.note ? <span className="pl-4 text-xs text-ink-3">{choice.note}</span> : null}
      </Radix.RadioItem>
    ))}
  </Radix.RadioGroup>
)

export const MenuCheck = (props: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) => (
  <Radix.CheckboxItem
    checked={props.checked}
    onCheckedChange={props.onChange}
    onSelect={(event) => event.preventDefault()}
    className={itemLooks}
  >
    <span className="grid w-[13px] place-items-center">
      <Radix.ItemIndicator>
        <Check className="text-tide!" />
      </Radix.ItemIndicator>
    </span>
    {props.children}
  </Radix.CheckboxItem>
)
