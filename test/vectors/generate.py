"""Writes signatures.json: what each signature scheme must give, by Python's hmac, which shares no code with the
product.

python3 test/vectors/generate.py > test/vectors/signatures.json
"""

import base64
import hashlib
import hmac
import json

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
COMPLETED = """{
"event_type": "job.completed",
"event_id": "b2837c9d-3356-4d6e-b31c-1d931fb8e6ec",
"timestamp": "2026-03-19T10:21:44Z",
"job_id": "6d3e2a79-8f80-4d71-9ab9-b8410d14ed1d",
"user_id": "user_123",
"team_id": "team_456",
"organization_id": "org_123",
"status": "completed",
"file_name": "invoice.pdf",
"file_size": 483920,
"total_pages": 3,
"processed_pages": 3,
"created_at": "2026-03-19T10:21:10Z",
"completed_at": "2026-03-19T10:21:44Z",
"success_pages": 3,
"empty_pages": 0,
"total_tokens": 1842,
"credits_used": 3
}"""

# name, secret, event id, unix seconds, body
CONTENTS = [
    (
        "the example of the Standard Webhooks libraries",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    ),
    (
        "LeapOCR's job.completed, as its guide prints it",
        SECRET,
        "b2837c9d-3356-4d6e-b31c-1d931fb8e6ec",
        1773915704,
        COMPLETED,
    ),
    ("an empty body", SECRET, "evt_1", 0, ""),
    (
        "text beyond ASCII",
        SECRET,
        "evt_2",
        1773915704,
        '{"name":"\u0440\u0430\u0445\u0443\u043d\u043e\u043a \u2603 \U0001f9fe","nul":"\\u0000"}',
    ),
    ("dots and newlines in the body", SECRET, "evt:3", 1, "1.2.3\r\n\n."),
    ("64 KiB", SECRET, "evt_4", 1773915704, "x" * 65536),
]


def mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def vector(name, secret, event_id, timestamp, body):
    raw = body.encode()
    whole = secret.encode()
    decoded = base64.b64decode(secret[len("whsec_") :])
    return {
        "name": name,
        "secret": secret,
        "event_id": event_id,
        "timestamp": timestamp,
        "body": body if len(body) < 4096 else {"repeat": body[0], "times": len(body)},
        "headers": {
            "X-R2-Signature": mac(whole, raw).hex(),
            "X-Webhook-Timestamp": str(timestamp),
            "X-Webhook-Signature": mac(whole, str(timestamp).encode() + b"." + raw).hex(),
            "webhook-id": event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": "v1,"
            + base64.b64encode(mac(decoded, f"{event_id}.{timestamp}.".encode() + raw)).decode(),
        },
    }


print(json.dumps([vector(*content) for content in CONTENTS], indent=1))
