'use client'
// components/access/right-words.ts: rights, roles and clusters as people read them.
import { useTranslations } from 'use-intl'
import { type GrantOn, isBuiltInRole, type Right } from '../../server/shared/rights'
import { useClusters } from '../shell/cluster'

export const ALL = '*'

type Dashed<Name> = Name extends `${infer Noun}.${infer Verb}` ? `${Noun}-${Verb}` : never
/** A dot in a right's name would be a step down in the catalogue. */
const dashed = (name: Right): Dashed<Right> => name.replace('.', '-') as Dashed<Right> // each has one dot

export const useRightWords = () => {
  const t = useTranslations('people')
  const clusters = useClusters() ?? []
  const cluster = (id: string): string =>
    id === ALL ? t('allClusters') : (clusters.find((one) => one.id === id)?.name ?? id)
  const right = (name: Right): string => t(`right.${dashed(name)}`)
  return {
    right,
    cluster,
    role: (name: string): string => (isBuiltInRole(name) ? t(`role.${name}`) : name),
    grant: ({ right: of, cluster: where, names }: GrantOn): string =>
      [right(of), ...(where === ALL ? [] : [cluster(where)]), ...(names === ALL ? [] : [names])].join(' · '),
    clusterChoices: [
      { value: ALL, label: t('allClusters') },
      ...clusters.map(({ id, name }) => ({ value: id, label: name })),
    ],
  }
}
