// test/e2e/looks.spec.ts: every page in Chinese and dark, and on a phone.
import { pagesIn } from './pages'

pagesIn(['dark-zh', 'phone'])
