<?php

declare(strict_types=1);

namespace CdkWebhooks\Verify;

/**
 * A request's headers, as a scheme reads them.
 *
 * @internal
 */
final class Headers
{
    private const MAX_LENGTH = 8192;

    /** @var array<string, list<string>> by names in lower case */
    private readonly array $values;

    /** @param iterable<string|string[]> $headers by name, in any case */
    public function __construct(iterable $headers)
    {
        $values = [];
        foreach ($headers as $name => $value) {
            foreach (is_array($value) ? $value : [$value] as $one) {
                if (is_string($one)) {
                    $values[strtolower((string) $name)][] = $one;
                }
            }
        }
        $this->values = $values;
    }

    /**
     * Its value without the blanks around it; null when there is none, or nothing in it. One that comes twice counts as
     * in HTTP: joined.
     */
    public function get(string $name): ?string
    {
        $value = implode(', ', $this->values[strtolower($name)] ?? []);
        if (strlen($value) > self::MAX_LENGTH || preg_match('/^[\t\x20-\x7e]*$/D', $value) !== 1) {
            throw self::malformed($name);
        }
        $value = trim($value, " \t");
        return $value === '' ? null : $value;
    }

    public function needed(string $name): string
    {
        return $this->get($name) ?? throw new VerificationError(ErrorCode::MissingHeader, "there is no $name header");
    }

    public static function malformed(string $name): VerificationError
    {
        return new VerificationError(ErrorCode::MalformedHeader, "$name is not what its sender would write");
    }
}
