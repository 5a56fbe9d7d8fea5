// The second factor once more: what gives or takes keys is refused until it is shown, so one is asked for
// it in one dialog, and then what was asked for goes on as if nothing had been.
import { ref } from 'vue'
import { asking } from '../api/client'
import { purposeAgain } from './purpose'

/** Whether the dialog is open. */
export const isAskedAgain = ref(false)

let waiting: ((isShown: boolean) => void)[] = []

/** It was shown, or one does not want to: whoever waits goes on, or hears the refusal. */
export function settle(isShown: boolean): void {
  isAskedAgain.value = false
  for (const go of waiting) go(isShown)
  waiting = []
}

asking.supply = (code) => {
  if (code === 'purpose_needed') return purposeAgain()
  if (code !== 'second_factor_needed') return Promise.resolve(false)
  isAskedAgain.value = true
  return new Promise<boolean>((resolve) => waiting.push(resolve))
}
