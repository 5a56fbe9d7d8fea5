// The pages start here: who looks and the address decide which one is shown.
import { createApp } from 'vue'
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/select/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/dropdown/style/css'
import 'element-plus/es/components/dropdown-menu/style/css'
import 'element-plus/es/components/dropdown-item/style/css'
import './style/tokens.css'
import './style/base.css'
import './style/sheet.css'
import './style/print.css'
import './style/form.css'
import App from './App.vue'
import { pageOf } from './frame/pages'
import { begin } from './map/data'
import { askToSignIn, homeOf, me, meet } from './session/me'
import { beginWith } from './view/history'
import { settleScope } from './view/scope'
import { language, speak } from './words'

speak(language.value)
// The largest page does not wait for its code until it is known who looks.
if (/^\/(map)?$/.test(location.pathname)) void import('./map/MapPage.vue')
// Who looks comes first, so that no page of somebody else is shown for a moment.
void meet().then(() => {
  const home = homeOf(me.value?.role)
  const isGuest = me.value?.role === 'public' && !me.value.demo
  // A page that a guest may not see may be there for whoever signs in: screens.md 4.
  if (isGuest && (location.pathname === '/' || pageOf(location.pathname, 'public') === null)) return askToSignIn()
  if (location.pathname === '/' && home !== '/map') return location.replace(home)
  beginWith(me.value?.first_layer)
  settleScope()
  if (pageOf(location.pathname, me.value?.role) === 'map') begin()
  createApp(App).mount('#app')
})
