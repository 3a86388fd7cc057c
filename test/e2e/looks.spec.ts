// test/e2e/looks.spec.ts: every page in Chinese and dark.
import { pagesIn } from './pages'

pagesIn('dark-zh')
