// The way to an identity server on the sign-in page, where that server cannot be reached. Started by
// tests/it/sign_in_pages.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const HERE = process.env.PARKPULSE_URL

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

test('the sign-in page offers the identity server, and says when it cannot be reached', async () => {
  for (const [viewport, name] of [[DESK, 'login-identity'], [PHONE, 'login-identity-phone']]) {
    const { page, faults, context } = await openPage(browser, viewport)
    await page.goto(`${HERE}/login`)
    const way = page.locator('[data-identity]')
    await way.waitFor({ timeout: 15_000 })
    assert.match(await way.innerText(), /统一身份认证/)
    assert.ok((await tooWide(page)) <= 0)
    if (viewport === PHONE) assert.deepEqual(await smallTargets(page), [])
    await assertClean(page, faults)
    await way.press('Enter')
    await page.getByText('现在连不上统一身份认证', { exact: false }).waitFor({ timeout: 15_000 })
    // It is said once: a reload says nothing of it.
    assert.equal(new URL(page.url()).search, '')
    await shoot(page, name)
    await assertClean(page, faults)
    await context.close()
  }
})
