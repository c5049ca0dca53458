/**
 * Somebody's visit to the dashboard, in a browser context of its own, under watch: nothing leaves the loopback, no
 * script throws, nothing is complained of in the console (what the content security policy refuses is), no dialog
 * opens, and no token is in the address of a request or in its `Referer`. What is found fails the visit when it ends.
 */
import type { Browser, BrowserContext, ConsoleMessage, Page, Request } from 'playwright-core';

export interface VisitOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** @default 'en-US' */
  readonly locale?: string;
}

/** For a page to come up on two cores that others use as well. */
const PATIENCE_MS = 15_000;
const TOKEN = /eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|token=/;
const LOOPBACK = '127.0.0.1';

export class Visit {
  readonly problems: string[] = [];
  readonly requests: Request[] = [];
  private readonly allowed: RegExp[] = [];
  private ended = false;

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    context.on('request', (request) => this.watch(request));
    context.on('console', (message) => this.hear(message));
    context.on('weberror', (error) => this.problems.push(`a script threw ${String(error.error())}`));
    context.on('dialog', (dialog) => {
      this.problems.push(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('page', (other) => {
      if (other !== page) this.problems.push(`another page opened: ${other.url()}`);
    });
    page.on('websocket', (socket) => this.problems.push(`a socket was opened to ${socket.url()}`));
  }

  static async begin(
    browser: Browser,
    { colorScheme = 'light', width = 1280, height = 900, locale = 'en-US' }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      colorScheme,
      locale,
      timezoneId: 'Europe/Kyiv',
      viewport: { width, height },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Visit(context, await context.newPage());
  }

  /** What the test brings about itself: messages like that are no problem. */
  allow(message: RegExp): void {
    this.allowed.push(message);
  }

  /** All that was found so far, but for what is allowed. */
  found(): string[] {
    return this.problems.filter((problem) => !this.allowed.some((each) => each.test(problem)));
  }

  /**
   * A second time does nothing.
   *
   * @param picture file for what it looks like by now
   * @throws Error with all that was found
   */
  async end(picture?: string): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    // a page that hangs is no reason to
    if (picture !== undefined) await this.page.screenshot({ path: picture }).catch(() => undefined);
    await this.context.close();
    const found = this.found();
    if (found.length > 0) throw new Error(`the visit was not as it should be:\n${found.join('\n')}`);
  }

  private watch(request: Request): void {
    this.requests.push(request);
    const url = new URL(request.url());
    if (['data:', 'blob:', 'about:'].includes(url.protocol)) return;
    if (url.hostname !== LOOPBACK) this.problems.push(`a request left for ${url.href}`);
    if (TOKEN.test(url.pathname + url.search))
      this.problems.push(`a token is in the address of a request to ${url.pathname}`);
    const { referer } = request.headers();
    if (referer !== undefined && referer !== '')
      this.problems.push(`a request to ${url.pathname} says where it comes from: ${referer.replace(TOKEN, '<token>')}`);
  }

  private hear(message: ConsoleMessage): void {
    if (['error', 'warning', 'assert'].includes(message.type()))
      this.problems.push(
        `console ${message.type()}: ${message.text()} (${message.location().url.replace(/[?#].*$/, '')})`,
      );
  }
}
