// components/shell/spine.ts: the cluster's own colour. It runs down the left edge of every page and stands beside the
// cluster's name in every dialog, so that production is never mistaken.

/** By the number a cluster holds (0 to 7); the first is what a bundled cluster gets. */
const spines = ['tide', 'moss', 'indigo', 'plum', 'amber', 'slate', 'tide', 'vermilion'] as const

export const spineOf = (colour: number): string => `var(--spine-${spines[colour] ?? 'tide'})`
