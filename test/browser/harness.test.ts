/** The watch itself: every kind of thing that a visit must not meet is found. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { axeViolations } from './harness/accessibility';
import { describeInBrowser } from './harness/in-browser';

const POLICY = "default-src 'none'; script-src 'self'; img-src *; connect-src *; style-src 'self'";

describeInBrowser('a visit', ({ visit }) => {
  let server: Server;
  let script = '';
  let html = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      const isScript = request.url === '/script.js';
      response.writeHead(200, {
        'content-type': isScript ? 'text/javascript' : 'text/html',
        'content-security-policy': POLICY,
      });
      response.end(
        isScript
          ? script
          : '<!doctype html><html lang="en"><title>x</title><link rel="icon" ' +
              `href="data:,"><main><h1>x</h1>${html}</main><script src="/script.js"></script></html>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function problemsOf(given: { html?: string; script?: string; path?: string }): Promise<string[]> {
    html = given.html ?? '';
    script = given.script ?? '';
    const own = await visit();
    await own.page.goto(base() + (given.path ?? '/'), { waitUntil: 'networkidle' });
    const found = own.found();
    own.allow(/./);
    return found;
  }

  test.each<[string, { html?: string; script?: string; path?: string }, RegExp]>([
    [
      'an image of another host',
      { html: '<img alt="" src="https://elsewhere.example.com/x.png">' },
      /a request left for https:\/\/elsewhere\.example\.com\/x\.png/,
    ],
    [
      'a call to another address',
      { script: "fetch('http://203.0.113.7/').catch(() => {})" },
      /a request left for http:\/\/203\.0\.113\.7\//,
    ],
    [
      'an inline script',
      { html: '<script>document.title = "run"</script>' },
      /console error: .*Content Security Policy/,
    ],
    ['an inline style', { html: '<p style="color: red">x</p>' }, /console error: .*Content Security Policy/],
    ['a script that throws', { script: 'throw new Error("broken")' }, /a script threw Error: broken/],
    [
      'a promise that nobody minds',
      { script: 'Promise.reject(new Error("unminded"))' },
      /a script threw Error: unminded/,
    ],
    ['a word in the console', { script: 'console.warn("hm")' }, /console warning: hm/],
    ['a dialog', { script: 'alert("boo")' }, /a dialog opened: boo/],
    ['a token in an address', { script: "fetch('/?token=1')" }, /a token is in the address of a request to \//],
    ['where it came from', { script: "fetch('/next')" }, /a request to \/next says where it comes from/],
  ])('finds %s', async (_what, given, expected) => {
    expect(await problemsOf(given)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test('reaches no other host', async () => {
    const own = await visit();
    own.allow(/./);
    await own.page.goto(`${base()}/`);
    const outcome = (url: string) =>
      own.page.evaluate<string>(
        `fetch('${url}', { mode: 'no-cors', signal: AbortSignal.timeout(3000) }).then(() => 'reached', (error) ` +
          '=> error.message)',
      );
    expect(await outcome('http://203.0.113.7/')).toBe('Failed to fetch');
    expect(await outcome('http://localhost.example.com/')).toBe('Failed to fetch');
    expect(await outcome(`${base()}/`)).toBe('reached');
  });

  test('finds what people who cannot see well, or do not use a mouse, stumble over', async () => {
    html =
      '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><button></button><font color="#ffffff">White on ' +
      'white</font>';
    script = '';
    const own = await visit();
    own.allow(/./);
    await own.page.goto(base());
    expect(await axeViolations(own.page)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^image-alt: /),
        expect.stringMatching(/^button-name: /),
        expect.stringMatching(/^color-contrast: .*: font: /),
      ]),
    );
  });
});
