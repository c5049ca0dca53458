package verify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

// vector is one of test/vectors/verification.json; VERIFICATION_VECTORS names another file.
type vector struct {
	Name             string
	Scheme           json.RawMessage
	Headers          map[string]json.RawMessage
	Body             json.RawMessage
	Secrets          []string
	Now              int64
	ToleranceSeconds int64
	Expect           string
	Verified         struct {
		ID        string
		Timestamp *int64
	}
}

var schemes = map[string]Scheme{}

func init() {
	for _, scheme := range []Scheme{LeapOcr, Rekognita, StandardWebhooks, GitHub, Stripe, Slack, Shopify} {
		schemes[scheme.Name()] = scheme
	}
}

func load(t testing.TB) []vector {
	t.Helper()
	file := os.Getenv("VERIFICATION_VECTORS")
	if file == "" {
		file = filepath.Join("..", "..", "test", "vectors", "verification.json")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(content, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal(file, len(vectors), err)
	}
	return vectors
}

func textOf(t testing.TB, value json.RawMessage) string {
	t.Helper()
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var long struct {
		Repeat, Base64 string
		Times          int
	}
	if err := json.Unmarshal(value, &long); err != nil {
		t.Fatal(err)
	}
	decoded, err := base64.StdEncoding.DecodeString(long.Base64)
	if err != nil {
		t.Fatal(err)
	}
	return string(decoded) + strings.Repeat(long.Repeat, long.Times)
}

func (v vector) scheme(t testing.TB) Scheme {
	t.Helper()
	var name string
	if json.Unmarshal(v.Scheme, &name) == nil {
		return schemes[name]
	}
	var custom struct{ Hmac HmacOptions }
	if err := json.Unmarshal(v.Scheme, &custom); err != nil {
		t.Fatal(err)
	}
	scheme, err := Hmac(custom.Hmac)
	if err != nil {
		t.Fatal(err)
	}
	return scheme
}

func (v vector) request(t testing.TB) Request {
	t.Helper()
	header := http.Header{}
	for name, value := range v.Headers {
		var several []string
		if json.Unmarshal(value, &several) != nil {
			several = []string{textOf(t, value)}
		}
		header[name] = several
	}
	return Request{
		Body: []byte(textOf(t, v.Body)), Header: header, Secrets: v.Secrets,
		Now: time.Unix(v.Now, 0), Tolerance: time.Duration(v.ToleranceSeconds) * time.Second,
	}
}

func codeOf(t testing.TB, err error) Code {
	t.Helper()
	var verification *Error
	if err != nil && !errors.As(err, &verification) {
		t.Fatalf("an error of another type: %v", err)
	}
	if err == nil {
		return "ok"
	}
	return verification.Code
}

func TestVectors(t *testing.T) {
	for _, v := range load(t) {
		t.Run(v.Name, func(t *testing.T) {
			verified, err := Verify(v.scheme(t), v.request(t))
			if code := codeOf(t, err); string(code) != v.Expect {
				t.Fatalf("%s, expected %s", code, v.Expect)
			}
			var timestamp time.Time
			if v.Verified.Timestamp != nil {
				timestamp = time.Unix(*v.Verified.Timestamp, 0)
			}
			if verified.ID != v.Verified.ID || !verified.Timestamp.Equal(timestamp) {
				t.Fatalf("%+v, expected %+v", verified, v.Verified)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	for _, v := range load(f) {
		request := v.request(f)
		if len(request.Body) > 1000 {
			continue
		}
		for _, values := range request.Header {
			if value := strings.Join(values, ", "); len(value) < 1000 {
				f.Add(value, value, "1773915704", "evt_1", request.Body)
				f.Add(value, "v1,"+value, value, value, request.Body)
			}
		}
	}
	custom, err := Hmac(HmacOptions{
		Header: "X", Encoding: "base64", Prefix: "a=", SignedContent: "timestamp.body", TimestampHeader: "T",
	})
	if err != nil {
		f.Fatal(err)
	}
	schemes := []Scheme{custom, LeapOcr, Rekognita, StandardWebhooks, GitHub, Stripe, Slack, Shopify}
	f.Fuzz(func(t *testing.T, first, second, timestamp, id string, body []byte) {
		for _, scheme := range schemes {
			// Every header that the scheme reads has what was made up, once as it is and once in two values.
			for _, signature := range [][]string{{first}, {first, second}} {
				reader := &headerReader{}
				layout := scheme.layoutOf(reader)
				header := http.Header{
					layout.header: signature, "X-R2-Signature": {second},
					layout.timestampHeader: {timestamp}, layout.idHeader: {id},
				}
				_, err := Verify(scheme, Request{
					Body: body, Header: header, Secrets: []string{"whsec_c2VjcmV0"}, Now: time.Unix(1773915704, 0),
				})
				if code := codeOf(t, err); code == "ok" || code == InvalidSecret {
					t.Fatalf("%s: %s", scheme.Name(), code)
				}
			}
		}
	})
}

func TestWhatIsSignedAtRandomIsVerified(t *testing.T) {
	holds := func(secret, body []byte, seconds uint32, upper bool) bool {
		if len(secret) == 0 {
			return true
		}
		timestamp := time.Unix(int64(seconds), 0)
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("v0:" + jsonNumber(seconds) + ":"))
		mac.Write(body)
		digest := hex.EncodeToString(mac.Sum(nil))
		if upper {
			digest = strings.ToUpper(digest)
		}
		request := Request{
			Body: body,
			Header: http.Header{
				"X-Slack-Signature": {"v0=" + digest}, "x-slack-request-timestamp": {jsonNumber(seconds)},
			},
			Secrets: []string{string(secret)},
			Now:     timestamp,
		}
		verified, err := Verify(Slack, request)
		request.Body = append(bytes.Clone(body), 0)
		_, changed := Verify(Slack, request)
		expected := Verified{Scheme: "slack", Timestamp: timestamp}
		return err == nil && reflect.DeepEqual(verified, expected) && codeOf(t, changed) == SignatureMismatch
	}
	if err := quick.Check(holds, &quick.Config{MaxCount: 1000}); err != nil {
		t.Fatal(err)
	}
}

func jsonNumber(n uint32) string {
	text, _ := json.Marshal(n)
	return string(text)
}

func TestVerifyEvent(t *testing.T) {
	event := func(body string, into any) error {
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write([]byte(body))
		_, err := VerifyEvent(Rekognita, Request{
			Body:    []byte(body),
			Header:  http.Header{"X-Rekognita-Signature": {hex.EncodeToString(mac.Sum(nil))}},
			Secrets: []string{"secret"},
		}, into)
		return err
	}
	var document struct{ Event string }
	if err := event(`{"event":"document.completed"}`, &document); err != nil || document.Event != "document.completed" {
		t.Fatal(err, document)
	}
	malformed := []string{
		"", "{", "\ufeff{}", "{\"event\":\"\xff\"}", "NaN", strings.Repeat("[", 200_000), "a=b", `{"event":1}`,
	}
	for _, body := range malformed {
		if err := event(body, &document); codeOf(t, err) != MalformedBody || StatusOf(err) != http.StatusBadRequest {
			t.Fatalf("%.20q: %v", body, err)
		}
	}
}

func TestStatusOf(t *testing.T) {
	statuses := map[Code]int{
		MissingHeader: 400, MalformedHeader: 401, MalformedBody: 400,
		SignatureMismatch: 401, TimestampOutOfTolerance: 401, InvalidSecret: 500,
	}
	for code, status := range statuses {
		if got := StatusOf(&Error{Code: code}); got != status {
			t.Errorf("%s: %d", code, got)
		}
	}
	if got := StatusOf(errors.New("another")); got != 500 {
		t.Error(got)
	}
}

func TestHmacOptionsThatContradictThemselves(t *testing.T) {
	for _, options := range []HmacOptions{
		{},
		{Header: "a b", Encoding: "hex"},
		{Header: "a", Encoding: "base32"},
		{Header: "a", Encoding: "hex", SignedContent: "timestamp.body"},
		{Header: "a", Encoding: "hex", TimestampHeader: "t"},
		{Header: "a", Encoding: "hex", SignedContent: "timestamp.body", TimestampHeader: "a\n"},
		{Header: "a", Encoding: "hex", SignedContent: "id.body"},
	} {
		scheme, err := Hmac(options)
		if err == nil {
			t.Errorf("%+v is taken", options)
		}
		if _, err := Verify(scheme, Request{Secrets: []string{"secret"}}); err == nil {
			t.Errorf("%+v verifies", options)
		}
	}
}
