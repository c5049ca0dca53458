"""The same as independent.mjs with PyPI's implementations; each in the environment that has it."""

import datetime
import json
import sys


def standardwebhooks(job):
    from standardwebhooks import webhooks

    webhook = webhooks.Webhook(job["secret"])
    if "headers" not in job:
        time = datetime.datetime.fromtimestamp(job["timestamp"], datetime.timezone.utc)
        return {
            "webhook-id": job["id"],
            "webhook-timestamp": str(job["timestamp"]),
            "webhook-signature": webhook.sign(job["id"], time, job["body"]),
        }
    try:
        webhook.verify(job["body"], job["headers"])
        return True
    except webhooks.WebhookVerificationError:
        return False


def leapocr(job):
    from leapocr import verify_webhook_signature

    return verify_webhook_signature(
        job["body"].encode(),
        job["headers"]["X-Webhook-Signature"],
        job["headers"]["X-Webhook-Timestamp"],
        job["secret"],
    )


print(json.dumps([globals()[job["library"]](job) for job in json.load(sys.stdin)]))
