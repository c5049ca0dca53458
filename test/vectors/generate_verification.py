"""Writes verification.json: what the receiver kit must say of a request, in every language. The signatures are by
Python's hmac, or printed by a provider's documentation; nothing here shares code with the product.

    python3 test/vectors/generate_verification.py > test/vectors/verification.json

A vector: scheme (a name, or {"hmac": options}), headers (a list of values for a name that comes several times), body,
secrets, now, toleranceSeconds where it is not the default; expect ("ok" or the error's code), verified (id,
timestamp) if ok, and the source of what is published. A body or a header's value is text, {"base64": ...}, or
{"repeat": ..., "times": ...}.
"""

import base64
import hashlib
import hmac
import json

NOW = 1773915704
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
BODY = '{"event_type":"job.completed","event_id":"evt_1"}'
HUGE = {"repeat": "a", "times": 65536}

vectors = []


def vector(
    name,
    scheme,
    headers,
    expect="ok",
    body=BODY,
    secrets=(SECRET,),
    now=NOW,
    tolerance=None,
    verified=None,
    source=None,
):
    entry = {"name": name, "scheme": scheme, "headers": headers, "body": body, "secrets": list(secrets), "now": now}
    if tolerance is not None:
        entry["toleranceSeconds"] = tolerance
    entry["expect"] = expect
    if expect == "ok":
        entry["verified"] = verified or {}
    if source is not None:
        entry["source"] = source
    vectors.append(entry)


def mac(secret, content, decoded=False):
    key = base64.b64decode(secret.removeprefix("whsec_")) if decoded else secret.encode()
    return hmac.new(key, content if isinstance(content, bytes) else content.encode(), hashlib.sha256).digest()


def hexed(secret, content):
    return mac(secret, content).hex()


def based(secret, content, decoded=False):
    return base64.b64encode(mac(secret, content, decoded)).decode()


# What providers print.

GITHUB_DOCS = "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"
GITHUB_EXAMPLE = {"body": "Hello, World!", "secrets": ["It's a Secret to Everybody"], "source": GITHUB_DOCS}
GITHUB_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
vector("GitHub's published example", "github", {"X-Hub-Signature-256": GITHUB_SIGNATURE}, **GITHUB_EXAMPLE)
vector(
    "GitHub's published example, of another body",
    "github",
    {"X-Hub-Signature-256": GITHUB_SIGNATURE},
    "signature_mismatch",
    **{**GITHUB_EXAMPLE, "body": "Hello, World?"},
)

SLACK_DOCS = "https://docs.slack.dev/authentication/verifying-requests-from-slack"
SLACK_BODY = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_HEADERS = {
    "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "X-Slack-Request-Timestamp": "1531420618",
}
SLACK_EXAMPLE = {"body": SLACK_BODY, "secrets": ["8f742231b10e8888abcd99yyyzzz85a5"], "source": SLACK_DOCS}
vector(
    "Slack's published example",
    "slack",
    SLACK_HEADERS,
    now=1531420618,
    verified={"timestamp": 1531420618},
    **SLACK_EXAMPLE,
)
vector(
    "Slack's published example, six minutes later",
    "slack",
    SLACK_HEADERS,
    "timestamp_out_of_tolerance",
    now=1531420978,
    **SLACK_EXAMPLE,
)

STANDARD_LIBRARIES = "https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_test.go"
STANDARD_HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
vector(
    "the example of the Standard Webhooks libraries",
    "standardWebhooks",
    STANDARD_HEADERS,
    body='{"test": 2432232314}',
    secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    now=1614265330,
    verified={"id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "timestamp": 1614265330},
    source=STANDARD_LIBRARIES,
)

SVIX_DOCS = "https://docs.svix.com/receiving/verifying-payloads/how-manual"
SVIX_HEADERS = {
    "svix-id": "msg_loFOjxBNrRLzqYUf",
    "svix-timestamp": "1731705121",
    "svix-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
}
SVIX_EXAMPLE = {
    "body": '{"event_type":"ping","data":{"success":true}}',
    "secrets": ["whsec_plJ3nmyCDGBKInavdOK15jsl"],
    "now": 1731705121,
    "source": SVIX_DOCS,
    "verified": {"id": "msg_loFOjxBNrRLzqYUf", "timestamp": 1731705121},
}
vector("Svix's published example", "standardWebhooks", SVIX_HEADERS, **SVIX_EXAMPLE)
vector(
    "Svix's published example under the standard's names",
    "standardWebhooks",
    {name.replace("svix", "webhook"): value for name, value in SVIX_HEADERS.items()},
    **SVIX_EXAMPLE,
)

# The same body, id and time by every scheme, and the same attacks on each.

HMAC_HEX = {
    "hmac": {
        "header": "X-Acme-Signature",
        "encoding": "hex",
        "prefix": "sha256=",
        "signedContent": "timestamp.body",
        "timestampHeader": "X-Acme-Time",
    }
}
HMAC_BASE64 = {"hmac": {"header": "X-Acme-Signature", "encoding": "base64"}}

# scheme: (signature header, prefix, encoding, timestamp header, id header, what is signed before the body, other
# headers of a good request)
ONE_SIGNATURE = [
    ("rekognita", "X-Rekognita-Signature", "", "hex", None, None, ""),
    ("leapOcr", "X-Webhook-Signature", "", "hex", "X-Webhook-Timestamp", None, "{t}."),
    ("leapOcr", "X-R2-Signature", "", "hex", None, None, ""),
    ("github", "X-Hub-Signature-256", "sha256=", "hex", None, "X-GitHub-Delivery", ""),
    ("shopify", "X-Shopify-Hmac-Sha256", "", "base64", None, "X-Shopify-Webhook-Id", ""),
    ("slack", "X-Slack-Signature", "v0=", "hex", "X-Slack-Request-Timestamp", None, "v0:{t}:"),
    (HMAC_HEX, "X-Acme-Signature", "sha256=", "hex", "X-Acme-Time", None, "{t}."),
    (HMAC_BASE64, "X-Acme-Signature", "", "base64", None, None, ""),
]

for scheme, header, prefix, encoding, time_header, id_header, before in ONE_SIGNATURE:
    label = header if isinstance(scheme, str) else f"hmac {header} {encoding}"

    def written(digest):
        return prefix + (digest.hex() if encoding == "hex" else base64.b64encode(digest).decode())

    def signed(body=BODY, secret=SECRET, t=str(NOW)):
        raw = body if isinstance(body, bytes) else body.encode()
        times = {time_header: t} if time_header else {}
        return {header: written(mac(secret, before.format(t=t).encode() + raw)), **times}

    good = signed()
    verified = {"timestamp": NOW} if time_header else {}

    def case(what, headers, expect="ok", **more):
        if expect == "ok":
            more.setdefault("verified", verified)
        vector(f"{label}: {what}", scheme, headers, expect, **more)

    def value_case(what, value, expect="malformed_header", **more):
        case(what, {**good, header: value}, expect, **more)

    digest = good[header][len(prefix) :]
    case("signed", good)
    case("names in lower case", {name.lower(): value for name, value in good.items()})
    case("names in upper case", {name.upper(): value for name, value in good.items()})
    case("blanks around the values", {name: f" \t{value} " for name, value in good.items()})
    case("an empty body", signed(""), body="")
    case("a body that is not UTF-8", signed(bytes([0xFF, 0x00, 0xFE, 0x0A])), body={"base64": "/wD+Cg=="})
    case("a body of 64 KiB", signed("a" * 65536), body=HUGE)
    case("text beyond ASCII", signed("рахунок ☃ 🧾"), body="рахунок ☃ 🧾")
    case("a byte order mark is a part of the body", good, "signature_mismatch", body="\ufeff" + BODY)
    case("by another body", good, "signature_mismatch", body=BODY + " ")
    case("by another secret", good, "signature_mismatch", secrets=[OLD])
    case("by the second of two secrets", good, secrets=[OLD, SECRET])
    case("by neither of two secrets", good, "signature_mismatch", secrets=[OLD, OLD])
    case("by the digest of nothing", {**good, header: written(hashlib.sha256(b"").digest())}, "signature_mismatch")
    case("no header at all", {}, "missing_header")
    case(
        "no signature",
        {"Content-Type": "application/json", **{name: value for name, value in good.items() if name != header}},
        "missing_header",
    )
    value_case("an empty signature", "", "missing_header")
    value_case("a signature of blanks", " \t ", "missing_header")
    value_case("the prefix alone" if prefix else "a single digit", prefix or "0")
    value_case("one digit less", good[header][:-1])
    value_case("two digits less", good[header][:-2])
    value_case("two digits more", good[header] + "00")
    value_case("a character that is none of the encoding's", good[header][:-2] + "_g")
    value_case("beyond ASCII", good[header][:-1] + "\u0430")
    value_case("digits beyond ASCII", prefix + "\uff11" * len(digest))
    value_case("an emoji", "\U0001f9fe" * 16)
    value_case("a new line after it", good[header] + "\n")
    value_case("a NUL in it", good[header][:-1] + "\0")
    value_case("a no-break space after it", good[header] + "\u00a0")
    value_case("the signature twice in one value", f"{good[header]}, {good[header]}")
    value_case("the header twice", [good[header], good[header]])
    case("the header in two cases", {**good, header.swapcase(): good[header]}, "malformed_header")
    value_case("64 KiB", HUGE)
    value_case("64 KiB of blanks between two letters", {"repeat": "x" + " " * 1023, "times": 64})
    value_case("quoted", f'"{good[header]}"')
    if prefix:
        value_case("without its prefix", digest)
        value_case("with its prefix in upper case", prefix.upper() + digest)
        value_case("with its prefix twice", prefix + good[header])
        value_case("with another prefix", "sha1=" + digest[:40])
    else:
        value_case("with a prefix", "sha256=" + digest)
    if encoding == "hex":
        value_case("in upper case", prefix + digest.upper(), "ok")
        value_case("in base64", prefix + base64.b64encode(bytes.fromhex(digest)).decode())
        value_case("0x before it", prefix + "0x" + digest)
    else:
        value_case("without padding", good[header].rstrip("="))
        value_case("with bits of the padding set", good[header][:-2] + chr(ord(good[header][-2]) + 1) + "=")
        value_case("in base64url", good[header][:-3] + "-_" + good[header][-1:])
        value_case("in hex", prefix + base64.b64decode(digest).hex())
    case("no secret", good, "invalid_secret", secrets=[])
    case("an empty secret", signed(secret=""), "invalid_secret", secrets=[""])
    case("an empty secret beside a good one", good, "invalid_secret", secrets=[SECRET, ""])
    case("three secrets", good, "invalid_secret", secrets=[SECRET, OLD, OLD])
    case("a faulty secret is told before a missing header", {}, "invalid_secret", secrets=[""])
    case("a secret beyond ASCII", signed(secret="таємниця"), secrets=["таємниця"])
    case("a secret of one character", signed(secret="s"), secrets=["s"])
    case("a secret longer than the hash's block", signed(secret="s" * 200), secrets=["s" * 200])
    case("a secret with a new line is another secret", good, "signature_mismatch", secrets=[SECRET + "\n"])
    if time_header:
        case("no timestamp", {header: good[header]}, "missing_header")
        case("an empty timestamp", {**good, time_header: ""}, "missing_header")
        for what, text in [
            ("a date", "2026-03-19T10:21:44Z"),
            ("a fraction", f"{NOW}.5"),
            ("a sign", f"+{NOW}"),
            ("a negative number", f"-{NOW}"),
            ("an exponent", "1e9"),
            ("thirteen digits, as of milliseconds", f"{NOW}000"),
            ("hex", "0x69bbd0b8"),
            ("digits beyond ASCII", "١٧٧٣٩١٥٧٠٤"),
            ("words", "now"),
            ("NaN", "NaN"),
            ("a new line after it", f"{NOW}\n"),
            ("a blank in it", f"{NOW // 10} {NOW % 10}"),
            ("twice", f"{NOW}, {NOW}"),
        ]:
            case(f"a timestamp that is signed and no number: {what}", signed(t=text), "malformed_header")
        case("the timestamp's header twice", {**good, time_header: [str(NOW), str(NOW)]}, "malformed_header")
        case("a timestamp of 64 KiB", {**good, time_header: {"repeat": "1", "times": 65536}}, "malformed_header")
        case("another timestamp than that which is signed", {**good, time_header: str(NOW + 1)}, "signature_mismatch")
        case("a timestamp with a leading zero is signed as it is", signed(t=f"0{NOW}"))
        case("300 s old", good, now=NOW + 300)
        case("301 s old", good, "timestamp_out_of_tolerance", now=NOW + 301)
        case("300 s ahead", good, now=NOW - 300)
        case("301 s ahead", good, "timestamp_out_of_tolerance", now=NOW - 301)
        case("10 s old, 10 s tolerated", good, now=NOW + 10, tolerance=10)
        case("11 s old, 10 s tolerated", good, "timestamp_out_of_tolerance", now=NOW + 11, tolerance=10)
        case("an hour old, an hour tolerated", good, now=NOW + 3600, tolerance=3600)
        case("old and by another secret", good, "signature_mismatch", now=NOW + 301, secrets=[OLD])
        case("of 1970", signed(t="0"), "timestamp_out_of_tolerance")
        case("of 1970, in 1970", signed(t="0"), now=1, verified={"timestamp": 0})
        case("as late as can be", signed(t="999999999999"), "timestamp_out_of_tolerance")
    else:
        case("years later", good, now=NOW + 10**8)
    if id_header:
        case(
            "with an id",
            {**good, id_header: "72d3162e-cc78-11e3-81ab-4c9367dc0958"},
            verified={"id": "72d3162e-cc78-11e3-81ab-4c9367dc0958"},
        )
        case("with an empty id", {**good, id_header: ""})
        for what, text in [
            ("with blanks", "a b"),
            ("beyond ASCII", "\u2603"),
            ("twice", ["a", "a"]),
            ("with a new line", "a\n"),
            ("of 257 characters", "a" * 257),
        ]:
            case(f"an id {what}", {**good, id_header: text}, "malformed_header")
        case("an id of 256 characters", {**good, id_header: "a" * 256}, verified={"id": "a" * 256})

vector(
    "X-Hub-Signature-256: the older SHA-1 signature alone",
    "github",
    {"X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), BODY.encode(), hashlib.sha1).hexdigest()},
    "missing_header",
)

# LeapOCR's two generations on one request.

NEWER = {"X-Webhook-Timestamp": str(NOW), "X-Webhook-Signature": hexed(SECRET, f"{NOW}.{BODY}")}
FIRST = {"X-R2-Signature": hexed(SECRET, BODY)}
WRONG = "0" * 64
vector("LeapOCR: both generations", "leapOcr", {**NEWER, **FIRST}, verified={"timestamp": NOW})
vector(
    "LeapOCR: the newer one decides, wrong",
    "leapOcr",
    {**NEWER, "X-Webhook-Signature": WRONG, **FIRST},
    "signature_mismatch",
)
vector(
    "LeapOCR: the newer one decides, right", "leapOcr", {**NEWER, "X-R2-Signature": WRONG}, verified={"timestamp": NOW}
)
vector(
    "LeapOCR: the newer one decides, malformed",
    "leapOcr",
    {**NEWER, "X-Webhook-Signature": "x", **FIRST},
    "malformed_header",
)
vector(
    "LeapOCR: the newer one decides, too old",
    "leapOcr",
    {**NEWER, **FIRST},
    "timestamp_out_of_tolerance",
    now=NOW + 301,
)
vector(
    "LeapOCR: the newer one without its timestamp",
    "leapOcr",
    {"X-Webhook-Signature": NEWER["X-Webhook-Signature"], **FIRST},
    "missing_header",
)
vector(
    "LeapOCR: a timestamp without the newer signature",
    "leapOcr",
    {"X-Webhook-Timestamp": str(NOW), **FIRST},
    "missing_header",
)
vector(
    "LeapOCR: empty headers of the newer one count as none",
    "leapOcr",
    {"X-Webhook-Timestamp": "", "X-Webhook-Signature": " ", **FIRST},
)
vector(
    "LeapOCR: the first generation's signature as the newer one",
    "leapOcr",
    {**NEWER, "X-Webhook-Signature": FIRST["X-R2-Signature"]},
    "signature_mismatch",
)

# Standard Webhooks: several signatures in one header, a signed id, and Svix's names.

ID = "evt_1"


def standard(signatures=None, id=ID, t=str(NOW), body=BODY, secret=SECRET, family="webhook"):
    signature = "v1," + based(secret, f"{id}.{t}.{body}", decoded=True)
    return {
        f"{family}-id": id,
        f"{family}-timestamp": t,
        f"{family}-signature": signature if signatures is None else signatures,
    }


RIGHT = standard()["webhook-signature"]
MISSED = "v1," + base64.b64encode(bytes(32)).decode()
PROVED = {"id": ID, "timestamp": NOW}


def standard_case(what, headers, expect="ok", **more):
    vector(
        f"Standard Webhooks: {what}",
        "standardWebhooks",
        headers,
        expect,
        **({"verified": PROVED} if expect == "ok" else {}) | more,
    )


def signatures_case(what, signatures, expect="ok", **more):
    standard_case(what, standard(signatures), expect, **more)


standard_case("signed", standard())
standard_case("names in mixed case", {name.title(): value for name, value in standard().items()})
standard_case("blanks around the values", {name: f" {value}\t" for name, value in standard().items()})
standard_case("by Svix's names", standard(family="svix"))
standard_case("by both names, the standard's decide", {**standard(), **standard(MISSED, family="svix")})
standard_case(
    "by both names, the standard's decide, wrong", {**standard(MISSED), **standard(family="svix")}, "signature_mismatch"
)
standard_case(
    "Svix's signature with the standard's id and timestamp",
    {"webhook-id": ID, "webhook-timestamp": str(NOW), "svix-signature": RIGHT},
    "missing_header",
)
standard_case("no header at all", {}, "missing_header")
for part in ("id", "timestamp", "signature"):
    standard_case(
        f"no webhook-{part}",
        {name: value for name, value in standard().items() if name != f"webhook-{part}"},
        "missing_header",
    )
    standard_case(f"an empty webhook-{part}", {**standard(), f"webhook-{part}": ""}, "missing_header")
    standard_case(
        f"no svix-{part}",
        {name: value for name, value in standard(family="svix").items() if name != f"svix-{part}"},
        "missing_header",
    )
    standard_case(f"webhook-{part} of 64 KiB", {**standard(), f"webhook-{part}": HUGE}, "malformed_header")
    standard_case(f"webhook-{part} beyond ASCII", {**standard(), f"webhook-{part}": "\u2603"}, "malformed_header")
standard_case("by another body", standard(), "signature_mismatch", body=BODY + " ")
standard_case("by another id", {**standard(), "webhook-id": "evt_2"}, "signature_mismatch")
standard_case("by another timestamp", {**standard(), "webhook-timestamp": str(NOW + 1)}, "signature_mismatch")
standard_case("by another secret", standard(), "signature_mismatch", secrets=[OLD])
standard_case("by the second of two secrets", standard(), secrets=[OLD, SECRET])
standard_case("an empty body", standard(body=""), body="")
standard_case("an id with dots", standard(id="msg.1.2"), verified={"id": "msg.1.2", "timestamp": NOW})
for what, text in [("with a blank", "a b"), ("with a comma", "a,b"), ("of 257 characters", "a" * 257)]:
    standard_case(f"a signed id {what}", standard(id=text), "malformed_header")
standard_case("the id's header twice", {**standard(), "webhook-id": [ID, ID]}, "malformed_header")
standard_case(
    "the timestamp's header twice", {**standard(), "webhook-timestamp": [str(NOW), str(NOW)]}, "malformed_header"
)
for what, text in [
    ("a date", "2026-03-19T10:21:44Z"),
    ("a fraction", f"{NOW}.5"),
    ("digits and words", f"{NOW}abc"),
    ("thirteen digits, as of milliseconds", f"{NOW}000"),
]:
    standard_case(f"a timestamp that is signed and no number: {what}", standard(t=text), "malformed_header")
standard_case("300 s old", standard(), now=NOW + 300)
standard_case("301 s old", standard(), "timestamp_out_of_tolerance", now=NOW + 301)
standard_case("301 s ahead", standard(), "timestamp_out_of_tolerance", now=NOW - 301)

BY_OLD = standard(secret=OLD)["webhook-signature"]
signatures_case("two signatures, the first right", f"{RIGHT} {BY_OLD}")
signatures_case("two signatures, the second right", f"{BY_OLD} {RIGHT}")
signatures_case("two signatures, one secret of each side's rotation", f"{BY_OLD} {MISSED}", secrets=[SECRET, OLD])
signatures_case("two signatures, neither right", f"{BY_OLD} {MISSED}", "signature_mismatch")
signatures_case("several blanks between", f"{MISSED}   {RIGHT}")
signatures_case("the header twice, joined as HTTP does", [MISSED, RIGHT])
signatures_case("the header twice, the first right", [RIGHT, MISSED])
signatures_case(
    "asymmetric and unknown versions are passed over",
    f"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== v2,abc {RIGHT}",
)
signatures_case(
    "an asymmetric signature alone",
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    "malformed_header",
)
signatures_case("the right digest under another version", RIGHT.replace("v1,", "v2,"), "malformed_header")
signatures_case("malformed ones are passed over", f"v1 v1, v1,short {RIGHT[:-1]} {RIGHT}")
signatures_case("without its version", RIGHT.removeprefix("v1,"), "malformed_header")
signatures_case("its version in upper case", RIGHT.replace("v1,", "V1,"), "malformed_header")
signatures_case("without padding", RIGHT.rstrip("="), "malformed_header")
signatures_case("with bits of the padding set", RIGHT[:-2] + chr(ord(RIGHT[-2]) + 1) + "=", "malformed_header")
signatures_case("in hex", "v1," + base64.b64decode(RIGHT[3:]).hex(), "malformed_header")
signatures_case("joined by tabs", f"{MISSED}\t{RIGHT}", "malformed_header")
signatures_case("joined by new lines", f"{MISSED}\n{RIGHT}", "malformed_header")
signatures_case("the sixteenth is right", " ".join([MISSED] * 15 + [RIGHT]))
signatures_case("the seventeenth is right, and not looked at", " ".join([MISSED] * 16 + [RIGHT]), "signature_mismatch")
signatures_case(
    "the seventeenth item is right, after one of another version", " ".join(["v2,abc"] + [MISSED] * 15 + [RIGHT])
)
signatures_case("a right one in more than 8 KiB", " ".join([RIGHT] + ["v2,abc"] * 2000), "malformed_header")

standard_case("a secret without whsec_", standard(), secrets=[SECRET.removeprefix("whsec_")])
for what, secret in [
    ("whsec_ alone", "whsec_"),
    ("no base64", "whsec_!!!!"),
    ("no padding", "whsec_AAECAwQFBgcICQoLDA0ODw"),
    ("base64url", "whsec_-_-_"),
    ("a new line", SECRET + "\n"),
    ("blanks", "whsec_ AAAA"),
    ("padding in the middle", "whsec_AA==AAAA"),
    ("too much padding", "whsec_A==="),
    ("a new line instead of padding", "whsec_AAA\n"),
    ("whsec_ twice", "whsec_" + SECRET),
    ("text beyond ASCII", "таємниця"),
]:
    standard_case(f"a secret that does not decode: {what}", standard(), "invalid_secret", secrets=[secret])
standard_case(
    "a secret that does not decode beside a good one", standard(), "invalid_secret", secrets=[SECRET, "whsec_!"]
)
standard_case("no secret", standard(), "invalid_secret", secrets=[])

# Stripe: everything in one header.

STRIPE_SECRET = "whsec_test_secret"
STRIPE_LIBRARY = "npm stripe 23.1.0, webhooks.generateTestHeaderString; the test of these vectors makes it anew"
RIGHT = hexed(STRIPE_SECRET, f"{NOW}.{BODY}")


def stripe_case(what, value, expect="ok", **more):
    if expect == "ok":
        more.setdefault("verified", {"timestamp": NOW})
    more.setdefault("secrets", [STRIPE_SECRET])
    vector(f"Stripe: {what}", "stripe", {} if value is None else {"Stripe-Signature": value}, expect, **more)


stripe_case("as its library signs", f"t={NOW},v1={RIGHT}", source=STRIPE_LIBRARY)
stripe_case("several, the last right", f"t={NOW},v1={WRONG},v1={RIGHT}")
stripe_case("several, none right", f"t={NOW},v1={WRONG},v1={WRONG}", "signature_mismatch")
stripe_case("other versions are passed over", f"t={NOW},v1={RIGHT},v0={WRONG},v2=x")
stripe_case("the signature before the time", f"v1={RIGHT},t={NOW}")
stripe_case("blanks after the commas", f"t={NOW}, v1={RIGHT}, v0={WRONG}")
stripe_case("in upper case", f"t={NOW},v1={RIGHT.upper()}")
stripe_case("malformed ones are passed over", f"t={NOW},v1=,v1,v1={RIGHT[1:]},=,,v1={RIGHT}")
stripe_case("by the second of two secrets", f"t={NOW},v1={RIGHT}", secrets=[SECRET, STRIPE_SECRET])
stripe_case("by another secret", f"t={NOW},v1={RIGHT}", "signature_mismatch", secrets=[SECRET])
stripe_case("by another body", f"t={NOW},v1={RIGHT}", "signature_mismatch", body=BODY + " ")
stripe_case("another time than that which is signed", f"t={NOW + 1},v1={RIGHT}", "signature_mismatch")
stripe_case("no header", None, "missing_header")
stripe_case("an empty header", "", "missing_header")
stripe_case("no time", f"v1={RIGHT}", "malformed_header")
stripe_case("two times", f"t={NOW},t={NOW},v1={RIGHT}", "malformed_header")
stripe_case("a time that is no number", f"t=now,v1={RIGHT}", "malformed_header")
stripe_case("a time with nothing in it", f"t=,v1={RIGHT}", "malformed_header")
stripe_case("the header twice", [f"t={NOW},v1={RIGHT}", f"t={NOW},v1={RIGHT}"], "malformed_header")
stripe_case("no signature", f"t={NOW}", "malformed_header")
stripe_case("the older version alone", f"t={NOW},v0={RIGHT}", "malformed_header")
stripe_case("its version in upper case", f"t={NOW},V1={RIGHT}", "malformed_header")
stripe_case("commas alone", ",,,,", "malformed_header")
stripe_case("beyond ASCII", f"t={NOW},v1={RIGHT},v0=\u2603", "malformed_header")
stripe_case("64 KiB of commas", {"repeat": ",", "times": 65536}, "malformed_header")
stripe_case("the sixteenth is right", f"t={NOW}," + ",".join([f"v1={WRONG}"] * 15 + [f"v1={RIGHT}"]))
stripe_case(
    "the seventeenth is right, and not looked at",
    f"t={NOW}," + ",".join([f"v1={WRONG}"] * 16 + [f"v1={RIGHT}"]),
    "signature_mismatch",
)
stripe_case("300 s old", f"t={NOW},v1={RIGHT}", now=NOW + 300)
stripe_case("301 s old", f"t={NOW},v1={RIGHT}", "timestamp_out_of_tolerance", now=NOW + 301)
stripe_case("301 s ahead", f"t={NOW},v1={RIGHT}", "timestamp_out_of_tolerance", now=NOW - 301)

print("[\n" + ",\n".join(json.dumps(entry) for entry in vectors) + "\n]")
