"""Reads {"secret", "headers", "body"} and says whether PyPI's standardwebhooks accepts the request."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

request = json.load(sys.stdin)
try:
    Webhook(request["secret"]).verify(request["body"], request["headers"])
    print("valid")
except WebhookVerificationError:
    print("invalid")
