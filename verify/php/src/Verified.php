<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/** What a request's signature proves. */
final class Verified
{
    /**
     * @param string $scheme the scheme's name
     * @param ?string $id the event's, where the scheme has a header for it; Standard Webhooks signs it, GitHub and
     * Shopify do not
     * @param ?int $timestamp unix seconds, where the scheme signs a time: when this attempt was made
     * @param mixed $event the body's JSON, objects as arrays; from verifyEvent alone
     */
    public function __construct(
        public readonly string $scheme,
        public readonly ?string $id = null,
        public readonly ?int $timestamp = null,
        public readonly mixed $event = null,
    ) {}
}
