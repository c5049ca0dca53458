/** Receivers that verify this platform's deliveries by the receiver kit (docs/verify.md), ready to copy. */
import type { SignatureScheme } from '../api/operations';

export interface Snippet {
  readonly id: string;
  /** A framework's own name, in every language the same. */
  readonly framework: string;
  readonly file: string;
  readonly code: string;
}

export interface SnippetLanguage {
  readonly id: string;
  readonly name: string;
  /** How the kit comes into a project, as a command or as the only way there is. */
  readonly install: string;
  readonly snippets: readonly Snippet[];
}

/** A scheme in each language: what is imported, what stands for it, and what has to be written before. */
interface Named {
  readonly imported: string;
  readonly used: string;
  readonly before?: string;
}

type Names = Readonly<Record<'typescript' | 'python' | 'go' | 'php', Named>>;

const named = (typescript: string, python: string, go: string, php: string): Names => ({
  typescript: { imported: typescript, used: typescript },
  python: { imported: python, used: python },
  go: { imported: '', used: `verify.${go}` },
  php: { imported: '', used: `Scheme::${php}()` },
});

const KIT = {
  leapocr: named('leapOcr', 'LEAP_OCR', 'LeapOcr', 'leapOcr'),
  rekognita: named('rekognita', 'REKOGNITA', 'Rekognita', 'rekognita'),
  'standard-webhooks': named('standardWebhooks', 'STANDARD_WEBHOOKS', 'StandardWebhooks', 'standardWebhooks'),
} as const;

function namesOf(scheme: SignatureScheme): Names {
  return scheme.kind === 'hmac' ? hmacOf(scheme) : KIT[scheme.kind];
}

/** Any other platform's, described by the header and what is signed. */
function hmacOf({
  signature_header: header,
  encoding,
  prefix,
  timestamp_header: timestamp,
  signed_content: signed,
}: SignatureScheme): Names {
  const options = (
    names: readonly [header: string, encoding: string, prefix: string, signed: string, timestamp: string],
    separator: string,
    quote: string,
  ) =>
    [
      [names[0], header],
      [names[1], encoding],
      ...(prefix === undefined || prefix === '' ? [] : [[names[2], prefix]]),
      ...(timestamp === undefined
        ? []
        : [
            [names[3], signed],
            [names[4], timestamp],
          ]),
    ]
      .map(([name = '', value = '']) => `${name}${separator}${quote}${value}${quote}`)
      .join(', ');
  return {
    typescript: {
      imported: 'hmac',
      used: 'scheme',
      before:
        'const scheme = hmac({ ' +
        `${options(['header', 'encoding', 'prefix', 'signedContent', 'timestampHeader'], ': ', "'")} });\n`,
    },
    python: {
      imported: 'hmac',
      used: 'SCHEME',
      before:
        'SCHEME = ' +
        `hmac(${options(['header', 'encoding', 'prefix', 'signed_content', 'timestamp_header'], '=', '"')})\n`,
    },
    go: {
      imported: '',
      used: 'scheme',
      before:
        '\tscheme, err := verify.Hmac(verify.HmacOptions{' +
        options(['Header', 'Encoding', 'Prefix', 'SignedContent', 'TimestampHeader'], ': ', '"') +
        '})\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n',
    },
    php: {
      imported: '',
      used: '$scheme',
      before:
        '$scheme = ' +
        `Scheme::hmac(${options(['header', 'encoding', 'prefix', 'signedContent', 'timestampHeader'], ': ', "'")});\n`,
    },
  };
}

/** @returns the languages, each with the frameworks that its examples are for */
export function snippetsFor(scheme: SignatureScheme): readonly SnippetLanguage[] {
  const { typescript, python, go, php } = namesOf(scheme);
  return [
    {
      id: 'typescript',
      name: 'TypeScript',
      install: 'npm install @cdk-webhooks/verify',
      snippets: [
        { id: 'express', framework: 'Express', file: 'webhooks.ts', code: express(typescript) },
        { id: 'hono', framework: 'Hono', file: 'webhooks.ts', code: hono(typescript) },
        { id: 'next', framework: 'Next.js', file: 'app/webhooks/route.ts', code: next(typescript) },
      ],
    },
    {
      id: 'python',
      name: 'Python',
      install: 'pip install cdk-webhooks-verify',
      snippets: [
        { id: 'fastapi', framework: 'FastAPI', file: 'webhooks.py', code: fastApi(python) },
        { id: 'flask', framework: 'Flask', file: 'webhooks.py', code: flask(python) },
      ],
    },
    {
      id: 'go',
      name: 'Go',
      install: 'go get github.com/cdk-webhooks/cdk-webhooks/verify/go',
      snippets: [{ id: 'net-http', framework: 'net/http', file: 'main.go', code: netHttp(go) }],
    },
    {
      id: 'php',
      name: 'PHP',
      install: 'composer require cdk-webhooks/verify',
      snippets: [{ id: 'plain', framework: 'PHP', file: 'webhooks.php', code: plainPhp(php) }],
    },
  ];
}

const imports = (names: readonly string[]): string => [...names].sort((a, b) => a.localeCompare(b)).join(', ');
const above = (before?: string): string => (before === undefined ? '' : `\n${before}`);

const express = ({
  imported,
  used,
  before,
}: Named): string => `import { ${imports([imported, 'statusOf', 'verifyEvent'])} } from '@cdk-webhooks/verify';
import express from 'express';
${above(before)}
const app = express();

// The raw body: JSON that was parsed and written again is other bytes.
app.post('/webhooks', express.raw({ type: () => true, limit: '1mb' }), async (req, res) => {
  try {
    const { event } = await verifyEvent(${used}, {
      body: req.body,
      headers: req.headers,
      secrets: [process.env.WEBHOOK_SECRET ?? ''],
    });
    console.log(event);
    res.json({ received: true });
  } catch (error) {
    res.sendStatus(statusOf(error));
  }
});

app.listen(3000);
`;

const hono = ({
  imported,
  used,
  before,
}: Named): string => `import { ${imports([imported, 'statusOf', 'verifyEvent'])} } from '@cdk-webhooks/verify';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
${above(before)}
const app = new Hono();

app.post('/webhooks', bodyLimit({ maxSize: 1024 * 1024 }), async (c) => {
  try {
    const { event } = await verifyEvent(${used}, {
      body: await c.req.arrayBuffer(),
      headers: c.req.raw.headers,
      secrets: [process.env.WEBHOOK_SECRET ?? ''],
    });
    console.log(event);
    return c.json({ received: true });
  } catch (error) {
    return c.body(null, statusOf(error));
  }
});

export default app;
`;

const next = ({
  imported,
  used,
  before,
}: Named): string => `import { ${imports([imported, 'statusOf', 'verifyEvent'])} } from '@cdk-webhooks/verify';
${above(before)}
export async function POST(request: Request): Promise<Response> {
  try {
    const { event } = await verifyEvent(${used}, {
      body: await request.arrayBuffer(),
      headers: request.headers,
      secrets: [process.env.WEBHOOK_SECRET ?? ''],
    });
    console.log(event);
    return Response.json({ received: true });
  } catch (error) {
    return new Response(null, { status: statusOf(error) });
  }
}
`;

const fastApi = ({ imported, used, before }: Named): string => `import os
from cdk_webhooks_verify import ${pythonImports(imported)}
from fastapi import FastAPI, Request, Response
${above(before)}
app = FastAPI()

@app.post("/webhooks")
async def webhooks(request: Request):
    try:
        verified = verify_event(
            ${used},
            body=await request.body(),
            headers=request.headers,
            secrets=[os.environ["WEBHOOK_SECRET"]],
        )
    except VerificationError as error:
        return Response(status_code=status_of(error))
    print(verified.event)
    return {"received": True}
`;

const flask = ({ imported, used, before }: Named): string => `import os
from cdk_webhooks_verify import ${pythonImports(imported)}
from flask import Flask, request
${above(before)}
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024

@app.post("/webhooks")
def webhooks():
    try:
        verified = verify_event(
            ${used},
            body=request.get_data(),
            headers=request.headers,
            secrets=[os.environ["WEBHOOK_SECRET"]],
        )
    except VerificationError as error:
        return "", status_of(error)
    print(verified.event)
    return {"received": True}
`;

/** Constants, classes, functions: as isort has them. */
const pythonImports = (scheme: string): string =>
  scheme === scheme.toUpperCase()
    ? `${scheme}, VerificationError, status_of, verify_event`
    : `VerificationError, ${scheme}, status_of, verify_event`;

const netHttp = ({ used, before }: Named): string => `package main

import (
	"io"
	"log"
	"net/http"
	"os"

	verify "github.com/cdk-webhooks/cdk-webhooks/verify/go"
)

func main() {
${before ?? ''}	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		var event map[string]any
		request := verify.Request{Body: body, Header: r.Header, Secrets: []string{os.Getenv("WEBHOOK_SECRET")}}
		if _, err := verify.VerifyEvent(${used}, request, &event); err != nil {
			w.WriteHeader(verify.StatusOf(err))
			return
		}
		log.Println(event)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, \`{"received": true}\`)
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
`;

const plainPhp = ({ used, before }: Named): string => `<?php

use CdkWebhooks\\Verify\\{Scheme, Verifier};

require __DIR__ . '/vendor/autoload.php';
${above(before)}
try {
    $body = file_get_contents('php://input');
    $verified = Verifier::verifyEvent(${used}, $body, getallheaders(), [getenv('WEBHOOK_SECRET')]);
    error_log(json_encode($verified->event));
    header('Content-Type: application/json');
    echo json_encode(['received' => true]);
} catch (Throwable $error) {
    http_response_code(Verifier::statusOf($error));
}
`;
