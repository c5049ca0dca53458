/** HTTP API -> the dashboard's page and its files. */
import { join } from 'node:path';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readFolder } from './adapters/node/folder';
import { systemRandom } from './adapters/node/system';
import { PageLog } from './adapters/powertools/page-log';
import { answerRequest, type Dashboard } from './dashboard/answer';
import { type PageEvent, requestOf, resultOf } from './dashboard/lambda-event';
import { Page } from './dashboard/page';
import { parseDashboardSettings } from './dashboard/settings';
import { siteOf } from './dashboard/site';
import { required } from './environment';

/** 128 bits of chance (W3C, "Content Security Policy Level 3", section 7.1). */
const NONCE_BYTES = 16;

const settings = parseDashboardSettings(required('DASHBOARD'));
const site = siteOf(readFolder(join(__dirname, 'site')));
const dashboard: Dashboard = { site, page: new Page(site.template, settings), settings };
const log = new PageLog(required('WEBHOOK_SERVICE'));

export function handler(event: PageEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const request = requestOf(event);
  const answer = answerRequest(request, dashboard, Buffer.from(systemRandom.bytes(NONCE_BYTES)).toString('base64'));
  log.record({
    requestId: event.requestContext.requestId,
    method: request.method,
    path: request.path,
    status: answer.status,
  });
  return Promise.resolve(resultOf(answer));
}
