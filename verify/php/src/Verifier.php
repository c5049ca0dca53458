<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/**
 * Verifies that a webhook comes from who holds the secret: HMAC-SHA256 over the raw bytes of the body, as each sender
 * spells it.
 *
 * No dependency. The same in TypeScript, Python and Go; test/vectors/verification.json binds all four.
 */
final class Verifier
{
    /** That are looked at, of a header that can carry many. */
    private const MAX_DIGESTS = 16;
    /** A SHA-256 as text. Of base64 only the one spelling that encoders make. */
    private const DIGEST = ['hex' => '/^[0-9a-fA-F]{64}$/D', 'base64' => '~^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$~D'];

    /**
     * @param string $body as received, before anything parsed it
     * @param iterable<string|string[]> $headers by name, in any case: what getallheaders() or a PSR-7 request's
     * getHeaders() gives
     * @param string[] $secrets one, or two during a rotation
     * @param ?int $now unix seconds; the current time if null
     * @param int $toleranceSeconds how far a signed time may be from now, before or after
     * @throws VerificationError whatever the request holds, and nothing else
     */
    public static function verify(
        Scheme $scheme,
        string $body,
        iterable $headers,
        #[\SensitiveParameter] array $secrets,
        ?int $now = null,
        int $toleranceSeconds = 300,
    ): Verified {
        $keys = self::keysOf($scheme, $secrets);
        $read = new Headers($headers);
        $layout = $scheme->layoutOf($read);
        [$digests, $before, $claimed] = self::claimOf($scheme, $layout, $read);
        $matches = false;
        foreach ($keys as $key) {
            $mac = hash_hmac('sha256', $before . $body, $key, true);
            $expected = $layout->encoding === 'hex' ? bin2hex($mac) : base64_encode($mac);
            foreach ($digests as $digest) {
                $matches = hash_equals($expected, $digest) || $matches;
            }
        }
        if (!$matches) {
            throw new VerificationError(
                ErrorCode::SignatureMismatch,
                'no signature in the request matches the body for any of the given secrets',
            );
        }
        // After the signature: so this error speaks of the sender's own request, late or sent again, or of a clock.
        if ($claimed->timestamp !== null && abs(($now ?? time()) - $claimed->timestamp) > $toleranceSeconds) {
            throw new VerificationError(
                ErrorCode::TimestampOutOfTolerance,
                "the request was signed more than $toleranceSeconds s from now",
            );
        }
        return $claimed;
    }

    /**
     * The same, and the body parsed as JSON.
     *
     * @param iterable<string|string[]> $headers
     * @param string[] $secrets
     * @throws VerificationError
     */
    public static function verifyEvent(
        Scheme $scheme,
        string $body,
        iterable $headers,
        #[\SensitiveParameter] array $secrets,
        ?int $now = null,
        int $toleranceSeconds = 300,
    ): Verified {
        $verified = self::verify($scheme, $body, $headers, $secrets, $now, $toleranceSeconds);
        try {
            return new Verified(
                $verified->scheme,
                $verified->id,
                $verified->timestamp,
                json_decode($body, true, flags: JSON_THROW_ON_ERROR),
            );
        } catch (\JsonException) {
            throw new VerificationError(ErrorCode::MalformedBody, 'the body is signed, but it is not JSON');
        }
    }

    /**
     * The HTTP status to answer with: 400, 401, or 500 for a fault of one's own, which anything but a VerificationError
     * is too.
     */
    public static function statusOf(\Throwable $error): int
    {
        return $error instanceof VerificationError ? $error->errorCode->status() : 500;
    }

    /**
     * @param mixed[] $secrets
     * @return string[]
     */
    private static function keysOf(Scheme $scheme, #[\SensitiveParameter] array $secrets): array
    {
        if (count($secrets) < 1 || count($secrets) > 2) {
            throw new VerificationError(ErrorCode::InvalidSecret, 'secrets must be one or two');
        }
        $keys = [];
        foreach ($secrets as $secret) {
            // Anybody can sign with an empty key.
            if (!is_string($secret) || $secret === '') {
                throw new VerificationError(ErrorCode::InvalidSecret, 'a secret is empty, or not a string');
            }
            $keys[] = $scheme->keyOf($secret);
        }
        return $keys;
    }

    /**
     * What a request says of itself: well-formed digests, of which one must be right, and what is signed before the
     * body.
     *
     * @return array{list<string>, string, Verified}
     */
    private static function claimOf(Scheme $scheme, Layout $layout, Headers $headers): array
    {
        $value = $headers->needed($layout->header);
        $items = [$value];
        if ($layout->separator !== null) {
            // A comma at the end of an item is where two headers were joined.
            $items = array_map(
                static fn(string $item): string => preg_replace('/,$/D', '', trim($item, " \t")),
                explode($layout->separator, $value),
            );
        }
        $times = match (true) {
            $layout->timestampHeader !== null => [$headers->needed($layout->timestampHeader)],
            $layout->timestampPrefix !== null => self::after($layout->timestampPrefix, $items),
            default => null,
        };
        $id = null;
        if ($layout->idHeader !== null) {
            $id = $layout->idIsSigned ? $headers->needed($layout->idHeader) : $headers->get($layout->idHeader);
            // No comma and no blank: an id that came twice is none.
            if ($id !== null && preg_match('/^[\x21-\x2b\x2d-\x7e]{1,256}$/D', $id) !== 1) {
                throw Headers::malformed($layout->idHeader);
            }
        }
        if ($times !== null && (count($times) !== 1 || preg_match('/^[0-9]{1,12}$/D', $times[0]) !== 1)) {
            throw Headers::malformed($layout->timestampHeader ?? $layout->header);
        }
        // Items of other prefixes are passed over: they may be of versions to come.
        $digests = array_filter(
            self::after($layout->prefix, $items),
            static fn(string $text): bool => preg_match(self::DIGEST[$layout->encoding], $text) === 1,
        );
        if ($digests === []) {
            throw Headers::malformed($layout->header);
        }
        $digests = array_slice(
            $layout->encoding === 'hex' ? array_map(strtolower(...), $digests) : $digests,
            0,
            self::MAX_DIGESTS,
        );
        $before = $times === null ? '' : strtr($layout->before, ['{timestamp}' => $times[0], '{id}' => $id ?? '']);
        return [$digests, $before, new Verified($scheme->name, $id, $times === null ? null : (int) $times[0])];
    }

    /**
     * @param list<string> $items
     * @return list<string>
     */
    private static function after(string $prefix, array $items): array
    {
        $found = array_filter($items, static fn(string $item): bool => str_starts_with($item, $prefix));
        return array_values(array_map(static fn(string $item): string => substr($item, strlen($prefix)), $found));
    }
}
