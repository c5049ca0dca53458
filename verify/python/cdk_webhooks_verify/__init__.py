"""Verifies that a webhook comes from who holds the secret: HMAC-SHA256 over the raw bytes of the body, as each sender
spells it.

One file, the standard library alone, Python >= 3.9. The same in TypeScript, Go and PHP;
test/vectors/verification.json binds all four.
"""

import base64
import hashlib
import hmac as _hmac
import json
import re
import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

__all__ = [
    "GITHUB",
    "LEAP_OCR",
    "REKOGNITA",
    "SHOPIFY",
    "SLACK",
    "STANDARD_WEBHOOKS",
    "STRIPE",
    "Scheme",
    "VerificationError",
    "Verified",
    "VerifiedEvent",
    "hmac",
    "status_of",
    "verify",
    "verify_event",
]

_STATUS = {
    "missing_header": 400,
    "malformed_header": 401,
    "malformed_body": 400,
    "signature_mismatch": 401,
    "timestamp_out_of_tolerance": 401,
    "invalid_secret": 500,
}


class VerificationError(Exception):
    """The only error that a request can cause, whatever is in it. Its message names headers, and never a value, a
    secret or an expected signature.

    `code` says what was wrong: missing_header, malformed_header, malformed_body (signed, and yet not JSON: from
    `verify_event` alone), signature_mismatch, timestamp_out_of_tolerance or invalid_secret.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def status_of(error: BaseException) -> int:
    """The HTTP status to answer with: 400, 401, or 500 for a fault of one's own, which anything but a
    VerificationError is too."""
    return _STATUS[error.code] if isinstance(error, VerificationError) else 500


@dataclass(frozen=True)
class Verified:
    """What a request's signature proves."""

    scheme: str
    """The scheme's name."""
    id: Optional[str] = None
    """The event's id, where the scheme has a header for it. Standard Webhooks signs it; GitHub and Shopify do not."""
    timestamp: Optional[int] = None
    """Unix seconds, where the scheme signs a time: when this attempt was made."""


@dataclass(frozen=True)
class VerifiedEvent(Verified):
    """The same, and the body's JSON."""

    event: Any = None


Headers = Union[Mapping[str, Union[str, Sequence[str]]], Iterable[Tuple[str, str]]]
_GetHeader = Callable[[str], Optional[str]]


@dataclass(frozen=True)
class _Layout:
    """Where a sender puts what."""

    header: str
    """Carries the signature; with a separator, several."""
    encoding: str
    prefix: str = ""
    separator: Optional[str] = None
    timestamp_header: Optional[str] = None
    """Carries a signed time in unix seconds."""
    timestamp_prefix: Optional[str] = None
    """Of such a time among the items of `header`."""
    id_header: Optional[str] = None
    id_is_signed: bool = False
    before: str = "{timestamp}."
    """What is signed before the body, where a time is signed."""


@dataclass(frozen=True)
class Scheme:
    """How a sender signs: one of the constants below, or `hmac`."""

    name: str
    _key_of: Callable[[str], bytes]
    _layout_of: Callable[[_GetHeader], _Layout]


_MAX_HEADER_LENGTH = 8192
_MAX_DIGESTS = 16  # that are looked at, of a header that can carry many
_PRINTABLE = re.compile(r"[\t\x20-\x7e]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_ID = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,256}")  # no comma and no blank: an id that came twice is none
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
# A SHA-256 as text. Of base64 only the one spelling that encoders make.
_DIGEST = {"hex": re.compile(r"[0-9a-fA-F]{64}"), "base64": re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")}


def verify(
    scheme: Scheme,
    *,
    body: Union[bytes, bytearray, memoryview, str],
    headers: Headers,
    secrets: Sequence[str],
    now: Optional[float] = None,
    tolerance_seconds: float = 300,
) -> Verified:
    """Raises VerificationError whatever the request holds, and nothing else; TypeError if the body is no bytes,
    because something parsed it before.

    body: as received, before anything parsed it; a string counts as its UTF-8 bytes.
    headers: names in any case; one that comes twice counts as in HTTP, its values joined by a comma and a space.
    secrets: one, or two during a rotation.
    now: unix seconds; the current time if not given.
    tolerance_seconds: how far a signed time may be from now, before or after.
    """
    keys = _keys_of(scheme, secrets)
    get = _header_reader(headers)
    layout = scheme._layout_of(get)
    digests, before, claimed = _claim_of(layout, get)
    content = before.encode() + _bytes_of(body)
    matches = False
    for key in keys:
        mac = _hmac.new(key, content, hashlib.sha256).digest()
        expected = mac.hex() if layout.encoding == "hex" else base64.b64encode(mac).decode()
        for digest in digests:
            matches = _hmac.compare_digest(digest, expected) or matches
    if not matches:
        raise VerificationError(
            "signature_mismatch", "no signature in the request matches the body for any of the given secrets"
        )
    # After the signature: so this error speaks of the sender's own request, late or sent again, or of a clock. Written
    # so that NaN is refused.
    if (
        claimed.timestamp is not None
        and not abs((int(time.time()) if now is None else now) - claimed.timestamp) <= tolerance_seconds
    ):
        raise VerificationError(
            "timestamp_out_of_tolerance", f"the request was signed more than {tolerance_seconds} s from now"
        )
    return replace(claimed, scheme=scheme.name)


def verify_event(
    scheme: Scheme,
    *,
    body: Union[bytes, bytearray, memoryview, str],
    headers: Headers,
    secrets: Sequence[str],
    now: Optional[float] = None,
    tolerance_seconds: float = 300,
) -> VerifiedEvent:
    """`verify`, and the body parsed as JSON."""
    verified = verify(scheme, body=body, headers=headers, secrets=secrets, now=now, tolerance_seconds=tolerance_seconds)
    try:
        return VerifiedEvent(
            **asdict(verified), event=json.loads(_bytes_of(body).decode("utf-8"), parse_constant=_no_json)
        )
    except (ValueError, RecursionError):
        raise VerificationError("malformed_body", "the body is signed, but it is not JSON") from None


def _no_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _keys_of(scheme: Scheme, secrets: Sequence[str]) -> List[bytes]:
    if not isinstance(secrets, (list, tuple)) or not 1 <= len(secrets) <= 2:
        raise VerificationError("invalid_secret", "secrets must be a list of one or two")
    # Anybody can sign with an empty key.
    if not all(isinstance(secret, str) and secret for secret in secrets):
        raise VerificationError("invalid_secret", "a secret is empty, or not a string")
    return [scheme._key_of(secret) for secret in secrets]


def _bytes_of(body: Union[bytes, bytearray, memoryview, str]) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise TypeError("body must be the raw bytes or the text of the request; was it parsed before?")


def _header_reader(headers: Headers) -> _GetHeader:
    entries = list(headers.items()) if hasattr(headers, "items") else list(headers)  # type: ignore[union-attr]

    def get(name: str) -> Optional[str]:
        found = [value for key, value in entries if key.lower() == name.lower()]
        values = [item for value in found for item in (value if isinstance(value, (list, tuple)) else [value])]
        value = ", ".join(item for item in values if isinstance(item, str))
        if len(value) > _MAX_HEADER_LENGTH or not _PRINTABLE.fullmatch(value):
            raise _malformed(name)
        return value.strip(" \t") or None

    return get


def _malformed(header: Optional[str]) -> VerificationError:
    return VerificationError("malformed_header", f"{header} is not what its sender would write")


def _needed(get: _GetHeader, header: str) -> str:
    value = get(header)
    if value is None:
        raise VerificationError("missing_header", f"there is no {header} header")
    return value


def _claim_of(layout: _Layout, get: _GetHeader) -> Tuple[List[str], str, Verified]:
    """What a request says of itself: well-formed digests, of which one must be right, and what is signed before the
    body."""
    value = _needed(get, layout.header)
    items = [value]
    if layout.separator is not None:
        # A comma at the end of an item is where two headers were joined.
        items = [item.strip(" \t").removesuffix(",") for item in value.split(layout.separator)]

    def after(prefix: str) -> List[str]:
        # Items of other prefixes are passed over: they may be of versions to come.
        return [item[len(prefix) :] for item in items if item.startswith(prefix)]

    times: Optional[List[str]] = None
    if layout.timestamp_header is not None:
        times = [_needed(get, layout.timestamp_header)]
    elif layout.timestamp_prefix is not None:
        times = after(layout.timestamp_prefix)
    id = None
    if layout.id_header is not None:
        id = _needed(get, layout.id_header) if layout.id_is_signed else get(layout.id_header)
        if id is not None and not _ID.fullmatch(id):
            raise _malformed(layout.id_header)
    if times is not None and (len(times) != 1 or not _TIMESTAMP.fullmatch(times[0])):
        raise _malformed(layout.timestamp_header or layout.header)
    digests = [text for text in after(layout.prefix) if _DIGEST[layout.encoding].fullmatch(text)][:_MAX_DIGESTS]
    if not digests:
        raise _malformed(layout.header)
    before = "" if times is None else layout.before.format(timestamp=times[0], id=id)
    return (
        [text.lower() for text in digests] if layout.encoding == "hex" else digests,
        before,
        Verified("", id, None if times is None else int(times[0])),
    )


def _utf8(secret: str) -> bytes:
    try:
        return secret.encode("utf-8")
    except UnicodeEncodeError:
        raise VerificationError("invalid_secret", "a secret is not text") from None


def _plain(name: str, layout: _Layout) -> Scheme:
    """Of one layout, keyed on the secret's UTF-8 bytes."""
    return Scheme(name, _utf8, lambda get: layout)


def hmac(
    *,
    header: str,
    encoding: str,
    prefix: str = "",
    signed_content: str = "body",
    timestamp_header: Optional[str] = None,
) -> Scheme:
    """Any sender of one HMAC-SHA256 in one header. Raises ValueError when the options are not that.

    encoding: "hex", read in either case, or "base64".
    signed_content: "timestamp.body" needs a timestamp_header, "body" refuses one: a time that is not signed proves
    nothing.
    """
    if not all(
        _HEADER_NAME.fullmatch(name) for name in (header, timestamp_header if timestamp_header is not None else header)
    ):
        raise ValueError("hmac: header and timestamp_header must be names of headers")
    if encoding not in _DIGEST:
        raise ValueError("hmac: encoding must be hex or base64")
    if signed_content != ("body" if timestamp_header is None else "timestamp.body"):
        raise ValueError("hmac: timestamp_header goes with the signed_content timestamp.body")
    return _plain("hmac", _Layout(header, encoding, prefix, timestamp_header=timestamp_header))


GITHUB = _plain("github", _Layout("X-Hub-Signature-256", "hex", "sha256=", id_header="X-GitHub-Delivery"))
"""https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
STRIPE = _plain("stripe", _Layout("Stripe-Signature", "hex", "v1=", separator=",", timestamp_prefix="t="))
"""https://docs.stripe.com/webhooks/signature"""
SHOPIFY = _plain("shopify", _Layout("X-Shopify-Hmac-Sha256", "base64", id_header="X-Shopify-Webhook-Id"))
"""https://shopify.dev/docs/apps/build/webhooks/verify-deliveries"""
SLACK = _plain(
    "slack",
    _Layout("X-Slack-Signature", "hex", "v0=", timestamp_header="X-Slack-Request-Timestamp", before="v0:{timestamp}:"),
)
"""https://docs.slack.dev/authentication/verifying-requests-from-slack"""
REKOGNITA = _plain("rekognita", _Layout("X-Rekognita-Signature", "hex"))

_LEAPOCR = _Layout("X-Webhook-Signature", "hex", timestamp_header="X-Webhook-Timestamp")
_LEAPOCR_FIRST = _Layout("X-R2-Signature", "hex")
LEAP_OCR = Scheme(
    "leapOcr",
    _utf8,
    lambda get: _LEAPOCR if get("X-Webhook-Signature") or get("X-Webhook-Timestamp") else _LEAPOCR_FIRST,
)
"""LeapOCR's two generations: where there is anything of the newer one, it alone decides."""


def _whsec(secret: str) -> bytes:
    encoded = secret.removeprefix("whsec_")
    if not encoded or not _BASE64.fullmatch(encoded):
        raise VerificationError("invalid_secret", "a secret is not base64 after whsec_")
    return base64.b64decode(encoded)


def _standard(get: _GetHeader) -> _Layout:
    family = "svix" if not get("webhook-signature") and get("svix-signature") else "webhook"
    return _Layout(
        f"{family}-signature",
        "base64",
        "v1,",
        separator=" ",
        timestamp_header=f"{family}-timestamp",
        id_header=f"{family}-id",
        id_is_signed=True,
        before="{id}.{timestamp}.",
    )


STANDARD_WEBHOOKS = Scheme("standardWebhooks", _whsec, _standard)
"""The symmetric signatures of https://www.standardwebhooks.com, version 1.0.0; and Svix, which has its own names for the headers."""
