// broker/protocol/language.ts: who speaks, as a name and as a number. What nobody knows is OTHER, never an error: a
// client in a new language must not be refused for its name.
import { Language, type LanguageName } from './codes'

const names = Object.keys(Language) as readonly LanguageName[] // the keys of Language are LanguageName by its type
const byNumber: readonly (LanguageName | undefined)[] = names.reduce<LanguageName[]>((list, name) => {
  list[Language[name]] = name
  return list
}, [])

export const languageByNumber = (number: number): LanguageName => byNumber[number] ?? 'OTHER'

const byName = new Map<string, LanguageName>(names.map((name) => [name, name]))
/** In any case, as Apache reads it. */
export const languageByName = (name: string): LanguageName =>
  byName.get(name) ?? byName.get(name.toUpperCase()) ?? 'OTHER'
