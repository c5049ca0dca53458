<?php

// The shared vectors, and requests made at random: php verify/php/tests/run.php. VERIFICATION_VECTORS names another
// file, of which only the vectors are run.

declare(strict_types=1);

use CdkWebhooks\Verify\ErrorCode;
use CdkWebhooks\Verify\Scheme;
use CdkWebhooks\Verify\VerificationError;
use CdkWebhooks\Verify\Verified;
use CdkWebhooks\Verify\Verifier;

require __DIR__ . '/../autoload.php';

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

final class Run
{
    public int $passed = 0;
    public int $failed = 0;

    public function same(string $name, mixed $expected, mixed $got): void
    {
        if ($got === $expected) {
            $this->passed++;
            return;
        }
        $this->failed++;
        echo "$name\n  expected ",
            json_encode($expected),
            ', got ',
            json_encode($got, JSON_INVALID_UTF8_SUBSTITUTE),
            "\n";
    }
}

/**
 * @return array{string, array<string, mixed>} what vectors expect: "ok" or the error's code, and what was proved; any
 * other error is passed on
 */
function verdict(Closure $verify): array
{
    try {
        $verified = $verify();
        return [
            'ok',
            array_filter(
                ['id' => $verified->id, 'timestamp' => $verified->timestamp],
                static fn(mixed $value): bool => $value !== null,
            ),
        ];
    } catch (VerificationError $error) {
        return [$error->errorCode->value, []];
    }
}

function textOf(mixed $text): string
{
    return match (true) {
        is_string($text) => $text,
        isset($text['base64']) => base64_decode($text['base64'], true),
        default => str_repeat($text['repeat'], $text['times']),
    };
}

function schemeOf(string|array $scheme): Scheme
{
    return is_string($scheme) ? Scheme::$scheme() : Scheme::hmac(...$scheme['hmac']);
}

function signed(string $body): array
{
    return ['X-Rekognita-Signature' => hash_hmac('sha256', $body, 'secret')];
}

$run = new Run();
$file = getenv('VERIFICATION_VECTORS') ?: __DIR__ . '/../../../test/vectors/verification.json';
$vectors = json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
foreach ($vectors as &$vector) {
    $vector['body'] = textOf($vector['body']);
    $vector['headers'] = array_map(
        static fn(mixed $value): string|array => is_array($value) && array_is_list($value) ? $value : textOf($value),
        $vector['headers'],
    );
    $vector['scheme'] = schemeOf($vector['scheme']);
    $vector['verify'] = static fn(array $headers, string $body): Verified => Verifier::verify(
        $vector['scheme'],
        $body,
        $headers,
        $vector['secrets'],
        $vector['now'],
        $vector['toleranceSeconds'] ?? 300,
    );
    $run->same(
        $vector['name'],
        [$vector['expect'], $vector['verified'] ?? []],
        verdict(static fn(): Verified => $vector['verify']($vector['headers'], $vector['body'])),
    );
    $copies[] = $vector;
}
unset($vector);

if (getenv('VERIFICATION_VECTORS') === false) {
    mt_srand(6);
    $alphabet = [...str_split("0123456789abcdefABCDEF=,.;:_-+/ \t\n\0\"'v1t"), '☃', 'а', '１', "\xff", "\xed\xa0\x80"];
    $codes = array_column(ErrorCode::cases(), 'value');
    for ($i = 0; $i < 20000; $i++) {
        $vector = $copies[mt_rand(0, count($copies) - 1)];
        $headers = [];
        foreach ($vector['headers'] as $name => $value) {
            $value = substr(is_array($value) ? implode(', ', $value) : $value, 0, 500);
            for ($changes = mt_rand(0, 3); $changes > 0; $changes--) {
                $new = str_repeat($alphabet[mt_rand(0, count($alphabet) - 1)], [0, 1, 40][mt_rand(0, 2)]);
                $value = substr_replace($value, $new, mt_rand(0, strlen($value)), mt_rand(0, 2));
            }
            $headers[$name] = [$value, $value, $value, [$value, $value], ''][mt_rand(0, 4)];
        }
        [$code] = verdict(static fn(): Verified => $vector['verify']($headers, $vector['body']));
        $run->same('a random request raises nothing else', true, $code === 'ok' || in_array($code, $codes, true));
    }
    foreach ($copies as $vector) {
        if ($vector['expect'] === 'ok') {
            $body = $vector['body'] === '' ? 'x' : $vector['body'];
            $at = mt_rand(0, strlen($body) - 1);
            $body[$at] = $body[$at] ^ chr(1 << mt_rand(0, 7));
            $run->same(
                "a change of the body is seen: {$vector['name']}",
                ['signature_mismatch', []],
                verdict(static fn(): Verified => $vector['verify']($vector['headers'], $body)),
            );
        }
    }
    for ($i = 0; $i < 500; $i++) {
        $secret = random_bytes(mt_rand(1, 100));
        $body = random_bytes(mt_rand(1, 300));
        $headers = ['x-rekognita-signature' => [hash_hmac('sha256', $body, $secret)]];
        $run->same(
            'what is signed at random is verified',
            ['ok', []],
            verdict(static fn(): Verified => Verifier::verify(Scheme::rekognita(), $body, $headers, [$secret])),
        );
    }

    $event = static fn(string $body): Verified => Verifier::verifyEvent(Scheme::rekognita(), $body, signed($body), [
        'secret',
    ]);
    $run->same('the body is parsed', ['a' => ['☃', 1]], $event('{"a": ["☃", 1]}')->event);
    foreach (['', '{', "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}", 'NaN', str_repeat('[', 200000), 'a=b'] as $body) {
        $run->same('signed and not JSON', ['malformed_body', []], verdict(static fn(): Verified => $event($body)));
    }
    foreach ([[null], [false], [1], [['a']]] as $secrets) {
        $run->same(
            'a secret that is no text',
            ['invalid_secret', []],
            verdict(static fn(): Verified => Verifier::verify(Scheme::rekognita(), '', [], $secrets)),
        );
    }
    $statuses = [
        'missing_header' => 400,
        'malformed_header' => 401,
        'malformed_body' => 400,
        'signature_mismatch' => 401,
        'timestamp_out_of_tolerance' => 401,
        'invalid_secret' => 500,
    ];
    foreach (ErrorCode::cases() as $code) {
        $run->same(
            "the status of $code->value",
            $statuses[$code->value],
            Verifier::statusOf(new VerificationError($code, '')),
        );
    }
    $run->same('other errors are one\'s own fault', 500, Verifier::statusOf(new TypeError()));
    foreach (
        [
            ['header' => '', 'encoding' => 'hex'],
            ['header' => 'a b', 'encoding' => 'hex'],
            ['header' => 'a', 'encoding' => 'base32'],
            ['header' => 'a', 'encoding' => 'hex', 'signedContent' => 'timestamp.body'],
            ['header' => 'a', 'encoding' => 'hex', 'timestampHeader' => 't'],
            ['header' => 'a', 'encoding' => 'hex', 'signedContent' => 'timestamp.body', 'timestampHeader' => "a\n"],
            ['header' => 'a', 'encoding' => 'hex', 'signedContent' => 'id.body'],
        ]
        as $options
    ) {
        try {
            Scheme::hmac(...$options);
            $refused = false;
        } catch (InvalidArgumentException) {
            $refused = true;
        }
        $run->same('options of hmac that contradict themselves', true, $refused);
    }
}

echo "$run->passed passed, $run->failed failed\n";
exit($run->failed === 0 && $run->passed > 0 ? 0 : 1);
