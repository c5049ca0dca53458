<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/**
 * The only error that a request can cause, whatever is in it. Its message names headers, and never a value, a secret or
 * an expected signature.
 */
final class VerificationError extends \RuntimeException
{
    public function __construct(public readonly ErrorCode $errorCode, string $message)
    {
        parent::__construct($message);
    }
}
