// The pages start here: the address decides which one is shown.
import { createApp } from 'vue'
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/select/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/dropdown/style/css'
import 'element-plus/es/components/dropdown-menu/style/css'
import 'element-plus/es/components/dropdown-item/style/css'
import 'ol/ol.css'
import './style/tokens.css'
import './style/base.css'
import App from './App.vue'
import { language, speak } from './words'

speak(language.value)
createApp(App).mount('#app')
