/** Where the page starts. */
import './floor'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import 'element-plus/theme-chalk/base.css'
import App from './App.vue'
import './style/tokens.css'
import './style/page.css'
import './style/rows.css'
import './style/print.css'
import { i18n } from './words/i18n'
import './words/preferences'

createApp(App).use(createPinia()).use(i18n).mount('#app')
