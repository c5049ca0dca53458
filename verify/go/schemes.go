package verify

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
)

// Scheme is how a sender signs: one of the variables of this package, or [Hmac].
type Scheme struct {
	name     string
	keyOf    func(secret string) ([]byte, error)
	layoutOf func(headers *headerReader) layout
}

// Name is the same in all languages of the kit.
func (s Scheme) Name() string { return s.name }

// layout is where a sender puts what.
type layout struct {
	header          string // carries the signature; with a separator, several
	separator       string
	prefix          string
	encoding        encoding
	timestampHeader string // carries a signed time in unix seconds
	timestampPrefix string // of such a time among the items of header
	idHeader        string
	idIsSigned      bool
	before          func(timestamp, id string) string // what is signed before the body
}

// encoding is how a SHA-256 is written. Of base64 only the one spelling that encoders make is one.
type encoding struct {
	digest *regexp.Regexp
	normal func(string) string
	encode func([]byte) string
}

var (
	inHex    = encoding{regexp.MustCompile(`^[0-9a-fA-F]{64}$`), strings.ToLower, hex.EncodeToString}
	inBase64 = encoding{
		regexp.MustCompile(`^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$`), strings.Clone, base64.StdEncoding.EncodeToString,
	}

	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")
	whsec      = regexp.MustCompile(`^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`)
)

func timestampDot(timestamp, _ string) string { return timestamp + "." }

func text(secret string) ([]byte, error) { return []byte(secret), nil }

// plain is of one layout, keyed on the secret's bytes.
func plain(name string, one layout) Scheme {
	return Scheme{name, text, func(*headerReader) layout { return one }}
}

// HmacOptions describe a sender of one HMAC-SHA256 in one header.
type HmacOptions struct {
	// Header carries the signature.
	Header string
	// Encoding is "hex", read in either case, or "base64".
	Encoding string
	// Prefix is text before the signature, such as "sha256=".
	Prefix string
	// SignedContent is "body", also if empty, or "timestamp.body".
	SignedContent string
	// TimestampHeader carries the time in unix seconds. "timestamp.body" needs it, "body" refuses it: a time that is
	// not signed proves nothing.
	TimestampHeader string
}

// Hmac is any sender of one HMAC-SHA256 in one header.
func Hmac(options HmacOptions) (Scheme, error) {
	timestampHeader := options.TimestampHeader
	if !headerName.MatchString(options.Header) || timestampHeader != "" && !headerName.MatchString(timestampHeader) {
		return Scheme{}, errors.New("verify.Hmac: Header and TimestampHeader must be names of headers")
	}
	encodings := map[string]encoding{"hex": inHex, "base64": inBase64}
	encoding, known := encodings[options.Encoding]
	if !known {
		return Scheme{}, errors.New("verify.Hmac: Encoding must be hex or base64")
	}
	signed := options.SignedContent
	isKnown := signed == "" || signed == "body" || signed == "timestamp.body"
	if !isKnown || (signed == "timestamp.body") != (options.TimestampHeader != "") {
		return Scheme{}, errors.New("verify.Hmac: TimestampHeader goes with the SignedContent timestamp.body")
	}
	return plain("hmac", layout{
		header: options.Header, prefix: options.Prefix, encoding: encoding,
		timestampHeader: options.TimestampHeader, before: timestampDot,
	}), nil
}

var (
	// GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
	GitHub = plain("github", layout{
		header: "X-Hub-Signature-256", prefix: "sha256=", encoding: inHex, idHeader: "X-GitHub-Delivery",
	})
	// Stripe: https://docs.stripe.com/webhooks/signature
	Stripe = plain("stripe", layout{
		header: "Stripe-Signature", separator: ",", prefix: "v1=", encoding: inHex,
		timestampPrefix: "t=", before: timestampDot,
	})
	// Shopify: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
	Shopify = plain("shopify", layout{
		header: "X-Shopify-Hmac-Sha256", encoding: inBase64, idHeader: "X-Shopify-Webhook-Id",
	})
	// Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack
	Slack = plain("slack", layout{
		header: "X-Slack-Signature", prefix: "v0=", encoding: inHex, timestampHeader: "X-Slack-Request-Timestamp",
		before: func(timestamp, _ string) string { return "v0:" + timestamp + ":" },
	})
	Rekognita = plain("rekognita", layout{header: "X-Rekognita-Signature", encoding: inHex})
	// LeapOcr is LeapOCR's two generations: where there is anything of the newer one, it alone decides.
	LeapOcr = Scheme{"leapOcr", text, func(headers *headerReader) layout {
		if headers.get("X-Webhook-Signature") == "" && headers.get("X-Webhook-Timestamp") == "" {
			return layout{header: "X-R2-Signature", encoding: inHex}
		}
		return layout{
			header: "X-Webhook-Signature", encoding: inHex,
			timestampHeader: "X-Webhook-Timestamp", before: timestampDot,
		}
	}}
	// StandardWebhooks is the symmetric signatures of https://www.standardwebhooks.com, version 1.0.0. It also reads
	// the headers of Svix, which has its own names for them.
	StandardWebhooks = Scheme{"standardWebhooks", decoded, func(headers *headerReader) layout {
		family := "webhook"
		if headers.get("webhook-signature") == "" && headers.get("svix-signature") != "" {
			family = "svix"
		}
		return layout{
			header: family + "-signature", separator: " ", prefix: "v1,", encoding: inBase64,
			timestampHeader: family + "-timestamp", idHeader: family + "-id", idIsSigned: true,
			before: func(timestamp, id string) string { return id + "." + timestamp + "." },
		}
	}}
)

func decoded(secret string) ([]byte, error) {
	encoded := strings.TrimPrefix(secret, "whsec_")
	if encoded == "" || !whsec.MatchString(encoded) {
		return nil, &Error{InvalidSecret, "a secret is not base64 after whsec_"}
	}
	return base64.StdEncoding.DecodeString(encoded)
}
