<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/** How a sender signs. */
final class Scheme
{
    /**
     * @param \Closure(string): string $keyOf
     * @param \Closure(Headers): Layout $layoutOf
     */
    private function __construct(
        public readonly string $name,
        private readonly \Closure $keyOf,
        private readonly \Closure $layoutOf,
    ) {}

    /** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
    public static function github(): self
    {
        return self::plain(
            'github',
            new Layout('X-Hub-Signature-256', 'hex', prefix: 'sha256=', idHeader: 'X-GitHub-Delivery'),
        );
    }

    /** https://docs.stripe.com/webhooks/signature */
    public static function stripe(): self
    {
        return self::plain(
            'stripe',
            new Layout('Stripe-Signature', 'hex', prefix: 'v1=', separator: ',', timestampPrefix: 't='),
        );
    }

    /** https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
    public static function shopify(): self
    {
        return self::plain('shopify', new Layout('X-Shopify-Hmac-Sha256', 'base64', idHeader: 'X-Shopify-Webhook-Id'));
    }

    /** https://docs.slack.dev/authentication/verifying-requests-from-slack */
    public static function slack(): self
    {
        return self::plain(
            'slack',
            new Layout(
                'X-Slack-Signature',
                'hex',
                prefix: 'v0=',
                timestampHeader: 'X-Slack-Request-Timestamp',
                before: 'v0:{timestamp}:',
            ),
        );
    }

    public static function rekognita(): self
    {
        return self::plain('rekognita', new Layout('X-Rekognita-Signature', 'hex'));
    }

    /** LeapOCR's two generations: where there is anything of the newer one, it alone decides. */
    public static function leapOcr(): self
    {
        return new self(
            'leapOcr',
            self::text(),
            static fn(Headers $headers): Layout => ($headers->get('X-Webhook-Signature') ??
                $headers->get('X-Webhook-Timestamp')) ===
            null
                ? new Layout('X-R2-Signature', 'hex')
                : new Layout('X-Webhook-Signature', 'hex', timestampHeader: 'X-Webhook-Timestamp'),
        );
    }

    /** The symmetric signatures of https://www.standardwebhooks.com, version 1.0.0; and Svix, which has its own names for the headers. */
    public static function standardWebhooks(): self
    {
        $keyOf = static function (#[\SensitiveParameter] string $secret): string {
            $encoded = str_starts_with($secret, 'whsec_') ? substr($secret, strlen('whsec_')) : $secret;
            $key = base64_decode($encoded, true);
            if (
                $key === false ||
                $key === '' ||
                strlen($encoded) % 4 !== 0 ||
                preg_match('~^[A-Za-z0-9+/]+={0,2}$~D', $encoded) !== 1
            ) {
                throw new VerificationError(ErrorCode::InvalidSecret, 'a secret is not base64 after whsec_');
            }
            return $key;
        };
        return new self('standardWebhooks', $keyOf, static function (Headers $headers): Layout {
            $family =
                $headers->get('webhook-signature') === null && $headers->get('svix-signature') !== null
                    ? 'svix'
                    : 'webhook';
            return new Layout(
                "$family-signature",
                'base64',
                prefix: 'v1,',
                separator: ' ',
                timestampHeader: "$family-timestamp",
                idHeader: "$family-id",
                idIsSigned: true,
                before: '{id}.{timestamp}.',
            );
        });
    }

    /**
     * Any sender of one HMAC-SHA256 in one header.
     *
     * @param string $encoding 'hex', read in either case, or 'base64'
     * @param string $prefix text before the signature, such as 'sha256='
     * @param string $signedContent 'timestamp.body' needs a $timestampHeader, 'body' refuses one: a time that is not
     * signed proves nothing
     * @throws \InvalidArgumentException when they are not that
     */
    public static function hmac(
        string $header,
        string $encoding,
        string $prefix = '',
        string $signedContent = 'body',
        ?string $timestampHeader = null,
    ): self {
        foreach ([$header, $timestampHeader ?? $header] as $name) {
            if (preg_match('/^[A-Za-z0-9!#$%&\'*+.^_`|~-]{1,100}$/D', $name) !== 1) {
                throw new \InvalidArgumentException('hmac: header and timestampHeader must be names of headers');
            }
        }
        if (!in_array($encoding, ['hex', 'base64'], true)) {
            throw new \InvalidArgumentException('hmac: encoding must be hex or base64');
        }
        if ($signedContent !== ($timestampHeader === null ? 'body' : 'timestamp.body')) {
            throw new \InvalidArgumentException('hmac: timestampHeader goes with the signedContent timestamp.body');
        }
        return self::plain('hmac', new Layout($header, $encoding, prefix: $prefix, timestampHeader: $timestampHeader));
    }

    /** @internal */
    public function keyOf(#[\SensitiveParameter] string $secret): string
    {
        return ($this->keyOf)($secret);
    }

    /** @internal */
    public function layoutOf(Headers $headers): Layout
    {
        return ($this->layoutOf)($headers);
    }

    private static function plain(string $name, Layout $layout): self
    {
        return new self($name, self::text(), static fn(): Layout => $layout);
    }

    /** Keyed on the secret's bytes. */
    private static function text(): \Closure
    {
        return static fn(#[\SensitiveParameter] string $secret): string => $secret;
    }
}
