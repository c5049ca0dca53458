<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/** What was wrong. */
enum ErrorCode: string
{
    case MissingHeader = 'missing_header';
    case MalformedHeader = 'malformed_header';
    /** Signed, and yet not JSON: from verifyEvent alone. */
    case MalformedBody = 'malformed_body';
    case SignatureMismatch = 'signature_mismatch';
    case TimestampOutOfTolerance = 'timestamp_out_of_tolerance';
    /** A fault of one's own. */
    case InvalidSecret = 'invalid_secret';

    /** The HTTP status to answer with. */
    public function status(): int
    {
        return match ($this) {
            self::MissingHeader, self::MalformedBody => 400,
            self::MalformedHeader, self::SignatureMismatch, self::TimestampOutOfTolerance => 401,
            self::InvalidSecret => 500,
        };
    }
}
