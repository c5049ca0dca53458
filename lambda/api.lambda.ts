export function handler(): Promise<never> {
  return Promise.reject(new Error('not built yet'));
}
