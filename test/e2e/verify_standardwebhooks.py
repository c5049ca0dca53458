"""Reads {"secret", "headers", "body", "now"} and says whether PyPI's standardwebhooks accepts the request at that
time (epoch seconds)."""

import datetime
import json
import sys

from standardwebhooks import webhooks

request = json.load(sys.stdin)


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(request["now"], tz)


webhooks.datetime = Clock
try:
    webhooks.Webhook(request["secret"]).verify(request["body"], request["headers"])
    print("valid")
except webhooks.WebhookVerificationError:
    print("invalid")
