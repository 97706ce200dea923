/// <reference types="vite/client" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
interface ImportMetaEnv {
  /** Where the mini program finds the server, as https://host. H5 is served by the server itself and needs none. */
  readonly VITE_ANJIA_SERVER?: string
}
