"""The shared vectors, and requests made at random. `python -m unittest discover -s verify/python/tests`;
VERIFICATION_VECTORS names another file."""

import base64
import hashlib
import hmac
import json
import os
import random
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import cdk_webhooks_verify as kit  # noqa: E402

SCHEMES = {
    scheme.name: scheme
    for scheme in (kit.LEAP_OCR, kit.REKOGNITA, kit.STANDARD_WEBHOOKS, kit.GITHUB, kit.STRIPE, kit.SLACK, kit.SHOPIFY)
}


def text_of(text):
    return text if isinstance(text, str) else text["repeat"] * text["times"]


def load():
    file = os.environ.get("VERIFICATION_VECTORS") or HERE.parents[2] / "test" / "vectors" / "verification.json"
    with open(file, encoding="utf-8") as stream:
        vectors = json.load(stream)
    assert vectors, f"no vectors in {file}"
    for vector in vectors:
        body = vector["body"]
        vector["body"] = (
            base64.b64decode(body["base64"]) if "base64" in body and isinstance(body, dict) else text_of(body).encode()
        )
        vector["headers"] = {
            name: value if isinstance(value, list) else text_of(value) for name, value in vector["headers"].items()
        }
    return vectors


def scheme_of(vector):
    if isinstance(vector["scheme"], str):
        return SCHEMES[vector["scheme"]]
    options = vector["scheme"]["hmac"]
    names = {
        "header": "header",
        "encoding": "encoding",
        "prefix": "prefix",
        "signedContent": "signed_content",
        "timestampHeader": "timestamp_header",
    }
    return kit.hmac(**{names[name]: value for name, value in options.items()})


def verify(vector, **changes):
    request = {name: vector[name] for name in ("body", "headers", "secrets", "now")}
    if "toleranceSeconds" in vector:
        request["tolerance_seconds"] = vector["toleranceSeconds"]
    return kit.verify(scheme_of(vector), **{**request, **changes})


class Vectors(unittest.TestCase):
    def test_vectors(self):
        for vector in load():
            with self.subTest(vector["name"]):
                try:
                    proved = verify(vector)
                    verdict = (
                        "ok",
                        {
                            name: value
                            for name, value in (("id", proved.id), ("timestamp", proved.timestamp))
                            if value is not None
                        },
                    )
                except kit.VerificationError as error:
                    verdict = (error.code, {})
                self.assertEqual(verdict, (vector["expect"], vector.get("verified", {})))


class Requests(unittest.TestCase):
    vectors = None

    @classmethod
    def setUpClass(cls):
        cls.vectors = load()
        cls.good = [vector for vector in cls.vectors if vector["expect"] == "ok" and len(vector["body"]) < 1000]

    def test_a_random_request_raises_nothing_else(self):
        chance = random.Random(6)
        alphabet = "0123456789abcdefABCDEF=,.;:_-+/ \t\n\0\"'v1t\u2603\u0430\uff11\U0001f9fe\ud800"
        for _ in range(20_000):
            vector = chance.choice(self.vectors)
            headers = dict(vector["headers"])
            for name in headers:
                value = headers[name] if isinstance(headers[name], str) else ", ".join(headers[name])
                value = value[:500]
                for _ in range(chance.randrange(4)):
                    at = chance.randrange(len(value) + 1)
                    value = (
                        value[:at]
                        + chance.choice([chance.choice(alphabet), chance.choice(alphabet) * 40, ""])
                        + value[at + chance.randrange(3) :]
                    )
                headers[name] = chance.choice([value, value, value, [value, value], ""])
            try:
                verify(vector, headers=headers)
            except kit.VerificationError as error:
                self.assertIn(kit.status_of(error), (400, 401, 500))

    def test_a_change_of_the_body_is_seen(self):
        chance = random.Random(7)
        for vector in self.good:
            body = bytearray(vector["body"] or b"x")
            at = chance.randrange(len(body))
            body[at] ^= 1 << chance.randrange(8)
            with self.assertRaises(kit.VerificationError) as raised:
                verify(vector, body=bytes(body))
            self.assertEqual(raised.exception.code, "signature_mismatch", vector["name"])

    def test_what_is_signed_at_random_is_verified(self):
        chance = random.Random(8)
        for _ in range(500):
            secret = "".join(chance.choice("abc\u00e9\u2603 ") for _ in range(1 + chance.randrange(100)))
            body = bytes(chance.randrange(256) for _ in range(chance.randrange(300)))
            digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            self.assertEqual(
                kit.verify(kit.REKOGNITA, body=body, headers=[("x-rekognita-signature", digest)], secrets=(secret,)),
                kit.Verified("rekognita"),
            )

    def test_bytes_of_any_kind_and_text_are_a_body(self):
        vector = next(vector for vector in self.good if vector["name"] == "Stripe: as its library signs")
        body = vector["body"]
        for same in (body, bytearray(body), memoryview(body), body.decode()):
            self.assertEqual(verify(vector, body=same).timestamp, vector["now"])
        with self.assertRaises(TypeError):
            verify(vector, body=json.loads(body))

    def test_a_secret_that_is_no_text_is_ones_own_fault(self):
        for secrets in ([None], [b"bytes"], ["\ud800"], "text", None, {"a": 1}):
            with self.assertRaises(kit.VerificationError) as raised:
                kit.verify(kit.REKOGNITA, body=b"", headers={}, secrets=secrets)
            self.assertEqual((raised.exception.code, kit.status_of(raised.exception)), ("invalid_secret", 500))

    def test_a_tolerance_that_is_no_number_accepts_nothing(self):
        vector = next(vector for vector in self.good if vector["name"] == "Stripe: as its library signs")
        with self.assertRaises(kit.VerificationError):
            verify(vector, tolerance_seconds=float("nan"))

    def test_options_of_hmac_that_contradict_themselves(self):
        for options in (
            {"header": "", "encoding": "hex"},
            {"header": "a b", "encoding": "hex"},
            {"header": "a", "encoding": "base32"},
            {"header": "a", "encoding": "hex", "signed_content": "timestamp.body"},
            {"header": "a", "encoding": "hex", "timestamp_header": "t"},
            {"header": "a", "encoding": "hex", "signed_content": "timestamp.body", "timestamp_header": "a\n"},
            {"header": "a", "encoding": "hex", "signed_content": "id.body"},
        ):
            with self.assertRaises(ValueError):
                kit.hmac(**options)


class Events(unittest.TestCase):
    def event(self, body):
        digest = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        return kit.verify_event(kit.REKOGNITA, body=body, headers={"X-Rekognita-Signature": digest}, secrets=["secret"])

    def test_the_body_is_parsed(self):
        self.assertEqual(
            self.event('{"a": ["\u2603", 1]}'.encode()), kit.VerifiedEvent("rekognita", event={"a": ["\u2603", 1]})
        )

    def test_signed_and_not_json(self):
        for body in (
            b"",
            b"{",
            b'\xef\xbb\xbf{"a":1}',
            b'{"a":"\xff"}',
            '{"a":1}'.encode("utf-16"),
            b"NaN",
            b"[" * 200_000,
            b"a=b",
        ):
            with self.assertRaises(kit.VerificationError) as raised:
                self.event(body)
            self.assertEqual((raised.exception.code, kit.status_of(raised.exception)), ("malformed_body", 400))

    def test_other_errors_are_ones_own_fault(self):
        self.assertEqual(kit.status_of(ValueError()), 500)


if __name__ == "__main__":
    unittest.main()
