// What npm's implementations sign and accept. Reads a list of {library, secret, id, timestamp, body, headers}; with
// headers it answers whether they are accepted, else with those that the library makes.
import { readFileSync } from 'node:fs';
import * as octokit from '@octokit/webhooks-methods';
import * as standard from 'standardwebhooks';
import Stripe from 'stripe';
import * as svix from 'svix';

const stripe = new Stripe('sk_test_none');
const accepts = (verifies) => {
  try {
    verifies();
    return true;
  } catch {
    return false;
  }
};
const signed = (webhook, prefix, { id, timestamp, body }) => ({
  [`${prefix}-id`]: id,
  [`${prefix}-timestamp`]: String(timestamp),
  [`${prefix}-signature`]: webhook.sign(id, new Date(timestamp * 1000), body),
});

const LIBRARIES = {
  standardwebhooks: {
    sign: (job) => signed(new standard.Webhook(job.secret), 'webhook', job),
    verify: ({ secret, body, headers }) => accepts(() => new standard.Webhook(secret).verify(body, headers)),
  },
  svix: {
    sign: (job) => signed(new svix.Webhook(job.secret), 'svix', job),
    verify: ({ secret, body, headers }) => accepts(() => new svix.Webhook(secret).verify(body, headers)),
  },
  octokit: {
    sign: async ({ secret, body }) => ({ 'X-Hub-Signature-256': await octokit.sign(secret, body) }),
    verify: ({ secret, body, headers }) => octokit.verify(secret, body, headers['X-Hub-Signature-256']),
  },
  stripe: {
    sign: ({ secret, body, timestamp }) => ({
      'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }),
    }),
    verify: ({ secret, body, headers }) =>
      accepts(() => stripe.webhooks.constructEvent(body, headers['Stripe-Signature'], secret)),
  },
};

const jobs = JSON.parse(readFileSync(0, 'utf8'));
console.log(
  JSON.stringify(
    await Promise.all(jobs.map((job) => LIBRARIES[job.library][job.headers === undefined ? 'sign' : 'verify'](job))),
  ),
);
