<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/**
 * Where a sender puts what.
 *
 * @internal
 */
final class Layout
{
    /**
     * @param string $header carries the signature; with a separator, several
     * @param string $encoding 'hex' or 'base64'
     * @param ?string $timestampHeader carries a signed time in unix seconds
     * @param ?string $timestampPrefix of such a time among the items of $header
     * @param string $before what is signed before the body, where a time is signed
     */
    public function __construct(
        public readonly string $header,
        public readonly string $encoding,
        public readonly string $prefix = '',
        public readonly ?string $separator = null,
        public readonly ?string $timestampHeader = null,
        public readonly ?string $timestampPrefix = null,
        public readonly ?string $idHeader = null,
        public readonly bool $idIsSigned = false,
        public readonly string $before = '{timestamp}.',
    ) {}
}
