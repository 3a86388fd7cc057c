// components/ui/cn.ts: joins class names; of two that set the same thing the later wins.
import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({
  extend: {
    theme: { text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl', '3xl'], font: ['sans', 'mono'] },
    classGroups: { 'font-weight': ['font-strong'] },
  },
})

export const cn = (...classes: ClassValue[]): string => merge(clsx(classes))
