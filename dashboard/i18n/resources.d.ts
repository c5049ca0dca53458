import type en from '../locales/en.json';

/** Keys of `t` are checked when types are. */
declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    returnNull: false;
  }
}
