// test/e2e/all-pages.spec.ts: every page in English and light, by what axe says of it in both themes, and on a phone. It takes
// longest of all, so its name puts it among the first.
import { pagesIn } from './pages'

pagesIn('light')
