/**
 * Which page is shown where. The first that a customer sees comes with the page itself; the others come when they are
 * opened.
 */
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { Boundary } from './components/Boundary';
import { PageSkeleton } from './components/PageSkeleton';
import { useDashboard } from './context';
import { NotFound } from './pages/NotFound';
import { Webhooks } from './pages/Webhooks';
import { patterns, places } from './router/places';

const NewWebhook = lazy(async () => ({ default: (await import('./pages/NewWebhook')).NewWebhook }));
const WebhookPage = lazy(async () => ({ default: (await import('./pages/WebhookPage')).WebhookPage }));
const WebhookDeliveries = lazy(async () => ({ default: (await import('./pages/Deliveries')).WebhookDeliveries }));
const OriginDeliveries = lazy(async () => ({ default: (await import('./pages/Deliveries')).OriginDeliveries }));
const Recover = lazy(async () => ({ default: (await import('./pages/Recover')).Recover }));
const DeliveryPage = lazy(async () => ({ default: (await import('./pages/DeliveryPage')).DeliveryPage }));
const Events = lazy(async () => ({ default: (await import('./pages/Events')).Events }));
const Verify = lazy(async () => ({ default: (await import('./pages/Verify')).Verify }));
const SettingsPage = lazy(async () => ({ default: (await import('./pages/SettingsPage')).SettingsPage }));

export function Routes() {
  const [path] = useLocation();
  return (
    <Boundary key={path}>
      <Places />
    </Boundary>
  );
}

function Places() {
  const { accountSecret, subscriptions } = useDashboard().settings;
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/">
          <Redirect to={subscriptions ? places.webhooks : places.settings} replace />
        </Route>
        {subscriptions && <Route path={patterns.webhooks} component={Webhooks} />}
        {subscriptions && <Route path={patterns.newWebhook} component={NewWebhook} />}
        {subscriptions && <Route path={patterns.webhook}>{({ id }) => <WebhookPage key={id} id={id} />}</Route>}
        {subscriptions && (
          <Route path={patterns.deliveries}>{({ id }) => <WebhookDeliveries key={id} id={id} />}</Route>
        )}
        {subscriptions && <Route path={patterns.recover}>{({ id }) => <Recover key={id} id={id} />}</Route>}
        <Route path={patterns.delivery}>{({ id }) => <DeliveryPage key={id} id={id} />}</Route>
        {accountSecret && (
          <Route path={patterns.originDeliveries}>{({ id }) => <OriginDeliveries key={id} id={id} />}</Route>
        )}
        <Route path={patterns.events}>
          <Events />
        </Route>
        <Route path={patterns.event}>{({ name }) => <Events name={name} />}</Route>
        <Route path={patterns.verify} component={Verify} />
        {accountSecret && <Route path={patterns.settings} component={SettingsPage} />}
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}
