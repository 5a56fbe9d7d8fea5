// A pair of hands on a keyboard: Tab, Shift+Tab, Enter, Space, arrows, Escape, `/` and typing, nothing else.
// Every place they rest on must be seen: a ring around it, inside the window, not under anything.
import assert from 'node:assert/strict'

/** What a mouse, or a test that cheats, would do. */
const NEVER = ['click', 'dblclick', 'tap', 'fill', 'press', 'check', 'uncheck', 'setChecked', 'selectOption', 'focus', 'hover', 'dispatchEvent', 'setInputFiles', 'type', 'pressSequentially', 'dragTo', 'mouse', 'touchscreen']
const isThing = (one) => one !== null && typeof one === 'object' && typeof one.then !== 'function' && 'locator' in one

/** The same page, and all that comes out of it, without a mouse. */
export function withoutMouse(thing) {
  return new Proxy(thing, {
    get(of, key) {
      if (NEVER.includes(key)) throw new Error(`${String(key)}: a keyboard has none`)
      const value = of[key]
      if (typeof value !== 'function') return value
      return (...said) => {
        const answer = value.apply(of, said)
        return isThing(answer) ? withoutMouse(answer) : answer
      }
    },
  })
}

/** What has the focus, and what is wrong with how it is seen. */
const looked = (page) =>
  page.evaluate(() => {
    const one = document.activeElement
    if (!one || one === document.body) return { text: 'nothing', wrong: '' }
    const style = getComputedStyle(one)
    const box = one.getBoundingClientRect()
    const text = `${one.tagName.toLowerCase()} ${one.getAttribute('aria-label') ?? one.name ?? ''} ${(one.innerText ?? '').slice(0, 40)}`
    const framed = [one, one.parentElement, one.closest('.el-select, label')].some((place) => {
      const at = place && getComputedStyle(place)
      return at && ((at.outlineStyle !== 'none' && parseFloat(at.outlineWidth) >= 2) || (place !== one && at.boxShadow !== 'none'))
    })
    // The page itself takes the focus of "skip to the text" and of a scroller; it needs no ring.
    if (one.id === 'page') return { text, wrong: '' }
    const wrong = !framed ? `no ring: ${style.outlineStyle} ${style.outlineWidth}` : box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth ? `outside the window: ${Math.round(box.left)} ${Math.round(box.top)}` : ''
    return { text, wrong }
  })

export class Hands {
  constructor(page) {
    this.page = withoutMouse(page)
    this.keyboard = page.keyboard
  }

  async hit(key) {
    await this.keyboard.press(key)
  }

  async write(text) {
    await this.keyboard.type(text)
  }

  /** Tabs until what has the focus fits `selector` (or is inside of it), at most `most` times. */
  async reach(selector, { most = 200, back = false } = {}) {
    await this.page.locator(selector).first().waitFor({ timeout: 20_000 })
    const passed = []
    for (let step = 0; step < most; step += 1) {
      if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
      await this.hit(back ? 'Shift+Tab' : 'Tab')
      const { text, wrong } = await looked(this.page)
      assert.equal(wrong, '', `${text} has the focus and is not seen`)
      passed.push(text.trim())
    }
    assert.fail(`${selector} is not reached by Tab; passed ${passed.slice(-12).join(' | ')}`)
  }

  /** Reaches it and presses Enter (or Space). */
  async act(selector, key = 'Enter', how = {}) {
    await this.reach(selector, how)
    await this.hit(key)
  }
}
