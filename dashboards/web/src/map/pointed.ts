// The parcel under hand or keyboard, shared by map and table.
import { ref } from 'vue'

export const pointed = ref('')
