"""Drives the webhook calls of LeapOCR's published client (PyPI leapocr) as its users do: the host set, nothing else
changed.

Reads {"host", "api_key", "organization_id", "team_id", "url", "other_url"} from standard input, writes what each call
returned as one JSON object. Between "delivered" and the calls that follow it waits for a line on standard input, so
that a delivery can be made.
"""

import asyncio
import json
import os
import sys

import leapocr

# The generated client lies two folders deeper than its own imports say.
leapocr.__path__.append(os.path.join(os.path.dirname(leapocr.__file__), "generated", "leapocr"))

from leapocr.generated.api.webhooks_api import WebhooksApi  # noqa: E402
from leapocr.generated.api_client import ApiClient  # noqa: E402
from leapocr.generated.configuration import Configuration  # noqa: E402
from leapocr.generated.exceptions import ApiException  # noqa: E402
from leapocr.generated.models.create_webhook_request import CreateWebhookRequest  # noqa: E402
from leapocr.generated.models.update_webhook_request import UpdateWebhookRequest  # noqa: E402


def plain(value):
    return value.to_dict() if hasattr(value, "to_dict") else value


async def status_of(call):
    try:
        await call
    except ApiException as error:
        return {"status": error.status, "body": json.loads(error.body)}
    return None


async def drive(settings):
    configuration = Configuration(host=settings["host"])
    configuration.api_key["ApiKeyAuth"] = settings["api_key"]
    tenant = (settings["organization_id"], settings["team_id"])
    results = {}
    async with ApiClient(configuration) as client:
        api = WebhooksApi(client)
        results["event_types"] = plain(await api.get_webhook_event_types())
        body = {"url": settings["url"], "events": ["job.completed", "job.failed"], "description": "published client"}
        created = await api.create_webhook(*tenant, CreateWebhookRequest.from_dict(body))
        results["created"] = plain(created)
        results["read"] = plain(await api.get_webhook(*tenant, created.id))
        results["listed"] = plain(await api.list_webhooks_cursor(*tenant, limit=1, enabled=True))
        results["listed_disabled"] = plain(await api.list_webhooks_cursor(*tenant, enabled=False))
        results["tested"] = await api.test_webhook(*tenant, created.id)
        results["health"] = await api.health_check_webhook(*tenant, created.id)
        print(json.dumps({"subscription_id": created.id, "secret": created.secret}), flush=True)
        sys.stdin.readline()
        events = await api.list_webhook_events_cursor(
            *tenant, created.id, limit=10, event_type="job.completed", processing_status="delivered"
        )
        results["events"] = plain(events)
        results["payload"] = plain(await api.get_webhook_event_payload(*tenant, events.data[0].event_id))
        results["payload_by_id"] = plain(await api.get_webhook_event_payload(*tenant, events.data[0].id))
        update = UpdateWebhookRequest.from_dict(
            {"url": settings["other_url"], "events": ["job.completed"], "enabled": False}
        )
        results["updated"] = plain(await api.update_webhook(*tenant, created.id, update))
        results["regenerated"] = plain(await api.regenerate_webhook_secret(*tenant, created.id))
        results["deleted"] = await api.delete_webhook(*tenant, created.id)
        results["gone"] = await status_of(api.get_webhook(*tenant, created.id))
        results["refused"] = await status_of(
            api.create_webhook(
                *tenant, CreateWebhookRequest.from_dict({"url": "https://10.0.0.1/", "events": ["job.completed"]})
            )
        )
    return results


if __name__ == "__main__":
    print(json.dumps(asyncio.run(drive(json.loads(sys.stdin.readline())))), flush=True)
