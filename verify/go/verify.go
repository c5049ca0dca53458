// Package verify verifies that a webhook comes from who holds the secret: HMAC-SHA256 over the raw bytes of the body,
// as each sender spells it.
//
// The standard library alone. The same in TypeScript, Python and PHP; test/vectors/verification.json binds all four.
package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Code says what was wrong.
type Code string

const (
	MissingHeader   Code = "missing_header"
	MalformedHeader Code = "malformed_header"
	// MalformedBody is signed, and yet not the JSON that was asked for. Only [VerifyEvent] returns it.
	MalformedBody           Code = "malformed_body"
	SignatureMismatch       Code = "signature_mismatch"
	TimestampOutOfTolerance Code = "timestamp_out_of_tolerance"
	InvalidSecret           Code = "invalid_secret"
)

// Error is the only error that a request can cause, whatever is in it. Its message names headers, and never a value, a
// secret or an expected signature.
type Error struct {
	Code    Code
	message string
}

func (e *Error) Error() string { return e.message }

// StatusOf is the HTTP status to answer with: 400, 401, or 500 for a fault of one's own, which anything but an [Error]
// is too.
func StatusOf(err error) int {
	var verification *Error
	if !errors.As(err, &verification) {
		return http.StatusInternalServerError
	}
	switch verification.Code {
	case MissingHeader, MalformedBody:
		return http.StatusBadRequest
	case MalformedHeader, SignatureMismatch, TimestampOutOfTolerance:
		return http.StatusUnauthorized
	default:
		return http.StatusInternalServerError
	}
}

// Request is what to verify, and by what.
type Request struct {
	// Body as received, before anything parsed it.
	Body []byte
	// Header has names in any case. A name that comes twice counts as in HTTP: its values joined by a comma and a
	// space.
	Header http.Header
	// Secrets are one, or two during a rotation.
	Secrets []string
	// Now is the current time if zero.
	Now time.Time
	// Tolerance is how far a signed time may be from now, before or after; five minutes if zero.
	Tolerance time.Duration
}

// Verified is what a request's signature proves.
type Verified struct {
	// Scheme is the scheme's name.
	Scheme string
	// ID is the event's, where the scheme has a header for it, else empty. Standard Webhooks signs it; GitHub and
	// Shopify do not.
	ID string
	// Timestamp is when this attempt was made, to the second, where the scheme signs a time, else zero.
	Timestamp time.Time
}

const (
	defaultTolerance = 5 * time.Minute
	maxHeaderLength  = 8192
	maxDigests       = 16 // that are looked at, of a header that can carry many
)

var (
	printable = regexp.MustCompile(`^[\t\x20-\x7e]*$`)
	digits    = regexp.MustCompile(`^[0-9]{1,12}$`)
	// No comma and no blank: an id that came twice is none.
	eventID = regexp.MustCompile(`^[\x21-\x2b\x2d-\x7e]{1,256}$`)
)

// Verify returns an [*Error] whatever the request holds, and no other error but that of a zero Scheme.
func Verify(scheme Scheme, request Request) (Verified, error) {
	keys, err := keysOf(scheme, request.Secrets)
	if err != nil {
		return Verified{}, err
	}
	claim, err := claimOf(scheme, request.Header)
	if err != nil {
		return Verified{}, err
	}
	matches := false
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(claim.before))
		mac.Write(request.Body)
		expected := []byte(claim.encoding.encode(mac.Sum(nil)))
		for _, digest := range claim.digests {
			matches = hmac.Equal([]byte(digest), expected) || matches
		}
	}
	if !matches {
		const message = "no signature in the request matches the body for any of the given secrets"
		return Verified{}, &Error{SignatureMismatch, message}
	}
	// After the signature: so this error speaks of the sender's own request, late or sent again, or of a clock.
	if !claim.Timestamp.IsZero() {
		now, tolerance := request.Now, request.Tolerance
		if now.IsZero() {
			now = time.Now()
		}
		if tolerance == 0 {
			tolerance = defaultTolerance
		}
		if now.Truncate(time.Second).Sub(claim.Timestamp).Abs() > tolerance {
			message := fmt.Sprintf("the request was signed more than %s from now", tolerance)
			return Verified{}, &Error{TimestampOutOfTolerance, message}
		}
	}
	return claim.Verified, nil
}

// VerifyEvent is [Verify], and the body's JSON put into event as [json.Unmarshal] does.
func VerifyEvent(scheme Scheme, request Request, event any) (Verified, error) {
	verified, err := Verify(scheme, request)
	if err != nil {
		return Verified{}, err
	}
	if !utf8.Valid(request.Body) || json.Unmarshal(request.Body, event) != nil {
		return Verified{}, &Error{MalformedBody, "the body is signed, but it is not the JSON that was asked for"}
	}
	return verified, nil
}

func keysOf(scheme Scheme, secrets []string) ([][]byte, error) {
	if scheme.keyOf == nil {
		return nil, errors.New("verify: the scheme is zero; was the error of Hmac looked at?")
	}
	if len(secrets) < 1 || len(secrets) > 2 {
		return nil, &Error{InvalidSecret, "secrets must be one or two"}
	}
	var keys [][]byte
	for _, secret := range secrets {
		// Anybody can sign with an empty key.
		if secret == "" {
			return nil, &Error{InvalidSecret, "a secret is empty"}
		}
		key, err := scheme.keyOf(secret)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// headerReader keeps the first fault that it meets, and finds nothing from there on.
type headerReader struct {
	header http.Header
	fault  error
}

// get is a header's value without the blanks around it; empty when there is none, or nothing in it.
func (r *headerReader) get(name string) string {
	var names []string
	for key := range r.header {
		if strings.EqualFold(key, name) {
			names = append(names, key)
		}
	}
	sort.Strings(names)
	var values []string
	for _, key := range names {
		values = append(values, r.header[key]...)
	}
	value := strings.Join(values, ", ")
	r.require(len(value) <= maxHeaderLength && printable.MatchString(value), MalformedHeader, name)
	if r.fault != nil {
		return ""
	}
	return strings.Trim(value, " \t")
}

func (r *headerReader) needed(name string) string {
	value := r.get(name)
	r.require(value != "", MissingHeader, name)
	return value
}

func (r *headerReader) require(holds bool, code Code, header string) {
	if holds || r.fault != nil {
		return
	}
	message := fmt.Sprintf("%s is not what its sender would write", header)
	if code == MissingHeader {
		message = fmt.Sprintf("there is no %s header", header)
	}
	r.fault = &Error{code, message}
}

// claim is what a request says of itself: well-formed digests, of which one must be right, and what is signed before
// the body.
type claim struct {
	Verified
	digests  []string
	encoding encoding
	before   string
}

func claimOf(scheme Scheme, header http.Header) (claim, error) {
	headers := &headerReader{header: header}
	layout := scheme.layoutOf(headers)
	claimed := claim{Verified: Verified{Scheme: scheme.name}, encoding: layout.encoding}
	items := []string{headers.needed(layout.header)}
	if layout.separator != "" {
		items = strings.Split(items[0], layout.separator)
		for i, item := range items {
			// A comma at the end of an item is where two headers were joined.
			items[i] = strings.TrimSuffix(strings.Trim(item, " \t"), ",")
		}
	}
	timestampIn, times := layout.timestampHeader, []string(nil)
	if timestampIn != "" {
		times = []string{headers.needed(timestampIn)}
	} else if layout.timestampPrefix != "" {
		timestampIn, times = layout.header, after(layout.timestampPrefix, items)
	}
	if layout.idIsSigned {
		claimed.ID = headers.needed(layout.idHeader)
	} else if layout.idHeader != "" {
		claimed.ID = headers.get(layout.idHeader)
	}
	headers.require(claimed.ID == "" || eventID.MatchString(claimed.ID), MalformedHeader, layout.idHeader)
	if timestampIn != "" {
		headers.require(len(times) == 1 && digits.MatchString(times[0]), MalformedHeader, timestampIn)
		if headers.fault == nil {
			seconds, _ := strconv.ParseInt(times[0], 10, 64)
			claimed.Timestamp = time.Unix(seconds, 0)
			claimed.before = layout.before(times[0], claimed.ID)
		}
	}
	// Items of other prefixes are passed over: they may be of versions to come.
	for _, text := range after(layout.prefix, items) {
		if len(claimed.digests) < maxDigests && layout.encoding.digest.MatchString(text) {
			claimed.digests = append(claimed.digests, layout.encoding.normal(text))
		}
	}
	headers.require(len(claimed.digests) > 0, MalformedHeader, layout.header)
	return claimed, headers.fault
}

func after(prefix string, items []string) []string {
	var found []string
	for _, item := range items {
		if rest, ok := strings.CutPrefix(item, prefix); ok {
			found = append(found, rest)
		}
	}
	return found
}
