// components/ui/link.tsx: a link in the console: Next's own, in the accent, without prefetching what nobody asked for.
import NextLink from 'next/link'
import type { ComponentProps } from 'react'
import { cn } from './cn'

/** `quiet` keeps the colour of the text around it and shows itself on hover: for names in tables. */
export const Link = ({ quiet, className, ...rest }: ComponentProps<typeof NextLink> & { quiet?: boolean }) => (
  <NextLink
    prefetch={false}
    className={cn(
      'underline-offset-2 hover:underline',
      quiet ? 'text-ink hover:text-tide' : 'font-strong text-tide hover:text-tide-strong',
      className,
    )}
    {...rest}
  />
)

/** Something that is pressed but reads as a link: "Try again", "Clear filters". */
export const LinkButton = ({ className, ...rest }: ComponentProps<'button'>) => (
  <button
    type="button"
    className={cn('font-strong text-tide underline-offset-2 hover:text-tide-strong hover:underline', className)}
    {...rest}
  />
)
