// One headless Chromium for all page tests, watched: console errors, CSP violations, requests
// that would leave the machine.
import { chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS })

/** Every answer of the API reaches the page up to so many milliseconds late: with
 * `PAGES_LAG_MS=800 make test` those tests fail that lean on a fast machine. 0 as a rule. */
const LAG_MS = Number(process.env.PAGES_LAG_MS ?? 0)

/** The purpose that the bureau says on test pages; `purpose: ''` leaves it to the dialog. */
export const PURPOSE = '页面测试'

/** A page in a browser of its own, and everything it did that it should not. */
export async function openPage(browser, viewport, { purpose = PURPOSE, ...extra } = {}) {
  const context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'America/New_York', ...extra })
  if (LAG_MS) {
    await context.route('**/api/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LAG_MS))
      // Whoever asked may have gone meanwhile.
      await route.continue().catch(() => {})
    })
  }
  const page = await context.newPage()
  const faults = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (!['data:', 'blob:'].includes(protocol) && hostname !== '127.0.0.1') faults.push(`leaves the machine: ${request.url()}`)
  })
  if (purpose) {
    await page.addInitScript((text) => {
      if (location.protocol.startsWith('http') && !sessionStorage.getItem('purpose')) sessionStorage.setItem('purpose', text)
    }, purpose)
  }
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))
  })
  return { context, page, faults }
}
