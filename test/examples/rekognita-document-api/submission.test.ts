import fc from 'fast-check';
import { ApiError } from '../../../examples/rekognita-document-api/api-error';
import { displayName, MAX_FILE_BYTES, readSubmission } from '../../../examples/rekognita-document-api/submission';
import { pdf, PNG } from './files';

const BOUNDARY = '------------------------d74496d66958873e';
const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** One part as it is on the wire. */
function part(disposition: string, content: Buffer | string, type?: string): Buffer {
  return Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: ` +
        `form-data${disposition}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
}
const END = Buffer.from(`--${BOUNDARY}--\r\n`);
const FILE = part('; name="file"; filename="invoice.pdf"', pdf(), 'application/pdf');
const field = (name: string, value: string) => part(`; name="${name}"`, value);
const formOf = (...parts: Buffer[]) => Buffer.concat([...parts, END]);
const read = (...parts: Buffer[]) => readSubmission(CONTENT_TYPE, formOf(...parts));

test('a file, a language, a URL, in any order', async () => {
  const expected = {
    file: { name: 'invoice.pdf', type: 'pdf', content: pdf() },
    language: 'en',
    webhookUrl: 'https://hooks.acme.com/r?a=1',
  };
  const [language, url] = [field('language', 'en'), field('webhook_url', 'https://hooks.acme.com/r?a=1')];
  expect(await read(FILE, language, url)).toEqual(expected);
  expect(await read(url, language, FILE)).toEqual(expected);
  expect(await read(FILE)).toEqual({ file: expected.file });
});

test('the form that browsers and fetch make', async () => {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(PNG)], { type: 'image/png' }), 'рахунок "1".png');
  const request = new Request('http://127.0.0.1/', { method: 'POST', body: form });
  const submission = await readSubmission(
    request.headers.get('content-type')!,
    Buffer.from(await request.arrayBuffer()),
  );
  expect(submission.file).toEqual({
    name: expect.stringMatching(/^рахунок ("|%22)1("|%22)\.png$/) as string,
    type: 'png',
    content: PNG,
  });
});

test("a file of any bytes, the boundary's own beginning among them", async () => {
  const content = Buffer.concat([
    PNG,
    Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}\r\n--`),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  ]);
  expect((await read(part('; name="file"; filename="a.png"', content))).file.content).toEqual(content);
});

test.each(['en', 'uk', 'zh-Hant', 'pt-BR', 'es-419'])('language %s', async (language) => {
  expect((await read(FILE, field('language', language))).language).toBe(language);
});

test.each([
  ['no file', [field('language', 'en')], 'file'],
  ['no part at all', [], 'file'],
  ['an empty file', [part('; name="file"; filename="a.pdf"', '')], 'file'],
  ['two files', [FILE, FILE], 'file'],
  ['the file as text', [field('file', '%PDF-1.7')], 'file'],
  ['the file by another name', [part('; name="document"; filename="a.pdf"', pdf())], 'document'],
  ['a language that is a file', [part('; name="language"; filename="a.pdf"', pdf()), FILE], 'language'],
  ['an unknown field', [FILE, field('priority', 'high')], 'priority'],
  ['an unknown field by a name of Object.prototype', [FILE, field('constructor', '1')], 'constructor'],
  ['a field given twice', [FILE, field('language', 'en'), field('language', 'uk')], 'language'],
  ['a language that is none', [FILE, field('language', 'english please')], 'language'],
  ['an empty language', [FILE, field('language', '')], 'language'],
  ['a field that is too long', [FILE, field('webhook_url', `https://${'a'.repeat(9_000)}.com`)], 'webhook_url'],
  ['a part without a name', [FILE, part('', 'x')], undefined],
  ['too many parts', [FILE, ...Array.from({ length: 12 }, () => part('; name="language"', 'en'))], 'language'],
])('%s is refused', async (_what, parts, param) => {
  await expect(read(...parts)).rejects.toMatchObject({ code: 'invalid_request', status: 400, param });
});

test.each([
  ['a form that ends early', CONTENT_TYPE, FILE],
  ['a file that ends early', CONTENT_TYPE, FILE.subarray(0, -20)],
  ['a part whose header ends early', CONTENT_TYPE, FILE.subarray(0, 60)],
  ['a header that is none', CONTENT_TYPE, Buffer.from(`--${BOUNDARY}\r\nnonsense\r\n\r\nx\r\n--${BOUNDARY}--\r\n`)],
  ['another boundary', 'multipart/form-data; boundary=other', formOf(FILE)],
  ['no boundary', 'multipart/form-data', formOf(FILE)],
  ['nothing', CONTENT_TYPE, Buffer.alloc(0)],
])('%s is refused', async (_what, contentType, body) => {
  await expect(readSubmission(contentType, body)).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
});

test.each([
  ['JSON', 'application/json', '{}'],
  ['a form that holds no files', 'application/x-www-form-urlencoded', 'language=en'],
  ['a body of no type', undefined, '%PDF-1.7'],
])('%s is no form', async (_what, contentType, body) => {
  await expect(readSubmission(contentType, Buffer.from(body))).rejects.toMatchObject({
    status: 400,
    message: 'The request must be a form: Content-Type: multipart/form-data.',
  });
});

test('the size that is taken, and one byte more', async () => {
  const file = (bytes: number) =>
    part('; name="file"; filename="a.png"', Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length)]));
  expect((await read(file(MAX_FILE_BYTES))).file.content).toHaveLength(MAX_FILE_BYTES);
  await expect(read(file(MAX_FILE_BYTES + 1))).rejects.toMatchObject({
    code: 'file_too_large',
    status: 413,
    param: 'file',
  });
});

test.each([
  ['../../etc/passwd.pdf', 'passwd.pdf'],
  ['C:\\Users\\me\\a.pdf', 'a.pdf'],
  ['a\u0000b\r\n.pdf', 'ab.pdf'],
  ['fdp\u202egpj.exe.pdf', 'fdpgpj.exe.pdf'],
  ['рахунок ☃.pdf', 'рахунок ☃.pdf'],
  ['e\u0301.pdf', '\u00e9.pdf'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(251)}.pdf`],
  ['', ''],
])('the name %j is shown as %j', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});

test('a hostile name in the form itself', async () => {
  expect((await read(part('; name="file"; filename="../\\"; rm -rf \\"/.\u202epdf/scan.png"', PNG))).file.name).toBe(
    'scan.png',
  );
});

test('whatever arrives, the answer is a submission or a refusal', async () => {
  const whole = formOf(FILE, field('language', 'en'));
  const spoilt = fc
    .tuple(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }))
    .map(([end, changes]) => {
      const body = Buffer.from(whole);
      for (const [at, byte] of changes) body[at] = byte;
      return body.subarray(0, end);
    });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        spoilt,
        fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (body) => {
        const outcome = await readSubmission(CONTENT_TYPE, body).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ApiError);
        else expect(outcome).toHaveProperty('file.type');
      },
    ),
  );
});
