/** Where everything is: the one list of the page's routes. */
/** Ids hold colons, which a path may have and which the router would not decode. */
const part = (id: string): string => encodeURIComponent(id).replaceAll('%3A', ':');

export const places = {
  webhooks: '/webhooks',
  newWebhook: '/webhooks/new',
  webhook: (id: string) => `/webhooks/${part(id)}`,
  deliveries: (id: string) => `/webhooks/${part(id)}/deliveries`,
  recover: (id: string) => `/webhooks/${part(id)}/recover`,
  delivery: (id: string) => `/deliveries/${part(id)}`,
  originDeliveries: (id: string) => `/origins/${part(id)}/deliveries`,
  events: '/events',
  event: (name: string) => `/events/${part(name)}`,
  verify: '/verify',
  settings: '/settings',
};

/** As routes are matched. */
export const patterns = {
  webhooks: '/webhooks',
  newWebhook: '/webhooks/new',
  webhook: '/webhooks/:id',
  deliveries: '/webhooks/:id/deliveries',
  recover: '/webhooks/:id/recover',
  delivery: '/deliveries/:id',
  originDeliveries: '/origins/:id/deliveries',
  events: '/events',
  event: '/events/:name',
  verify: '/verify',
  settings: '/settings',
} as const;
