<?php

declare(strict_types=1);

// PSR-4 without Composer: require this file.
spl_autoload_register(static function (string $class): void {
    $prefix = 'CdkWebhooks\\Verify\\';
    $file = __DIR__ . '/src/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
    if (str_starts_with($class, $prefix) && is_file($file)) {
        require $file;
    }
});
