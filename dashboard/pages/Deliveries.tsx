import { useTranslation } from 'react-i18next';
import { DeliveryChart } from '../components/Chart';
import { LiveDeliveries } from '../components/LiveDeliveries';
import { Page } from '../components/Page';
import { Untrusted } from '../components/Untrusted';
import { isolated } from '../components/visible-text';
import { WebhookFrame } from '../components/WebhookFrame';
import { places } from '../router/places';
import { useQueryParameters } from '../router/query';

export function WebhookDeliveries({ id }: { readonly id: string }) {
  return (
    <WebhookFrame id={id} tab="deliveries">
      {() => <LiveDeliveries target={id} wentHere={({ subscription_id: webhook }) => webhook === id} />}
    </WebhookFrame>
  );
}

/** Of an origin that events named themselves; which it is comes along in the address, as its id does not say. */
export function OriginDeliveries({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const [query] = useQueryParameters();
  const origin = query.get('origin') ?? id;
  return (
    <Page
      title={`${t('deliveries.title')} · ${isolated(origin)}`}
      heading={<Untrusted text={origin} />}
      back={{ to: places.settings, label: t('settings.title') }}
    >
      <DeliveryChart target={id} />
      <LiveDeliveries
        target={id}
        wentHere={({ webhook_url: url }) => url !== undefined && URL.parse(url)?.origin === origin}
      />
    </Page>
  );
}
