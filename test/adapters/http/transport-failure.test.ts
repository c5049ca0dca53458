import { reason, reasonText } from '../../../lambda/core/shared/reason';
import {
  describeConnectFailure,
  describeExchangeFailure,
  describeTimeout,
} from '../../../lambda/adapters/http/transport-failure';

const withCode = (code: string, message = 'connect 10.1.2.3:443') => Object.assign(new Error(message), { code });

describe('a failure in words', () => {
  test.each([
    [0.2, reason('certificate-expired')],
    [1.5, reason('certificate-expired-days', { days: 1 })],
    [400.5, reason('certificate-expired-days', { days: 400 })],
  ])('counts the days since a certificate expired (%d)', (days, expected) => {
    const validTo = new Date(Date.now() - days * 86_400_000).toUTCString();
    expect(describeConnectFailure(withCode('CERT_HAS_EXPIRED'), 'tls', validTo)).toEqual({
      failure: 'tls',
      reason: expected,
    });
  });

  test('does without the date where there is none', () => {
    expect(describeConnectFailure(withCode('CERT_HAS_EXPIRED'), 'tls').reason).toEqual(reason('certificate-expired'));
  });

  test('knows the alert by which TLS 1.3 refuses a client after the handshake', () => {
    expect(describeExchangeFailure(withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), false)).toMatchObject({
      failure: 'tls',
    });
  });

  test('tells the deadline in seconds, and the phase', () => {
    expect(describeTimeout('headers', 10_000)).toEqual({
      failure: 'timeout',
      reason: reason('timeout-headers', { seconds: 10 }),
    });
  });

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
    'EADDRNOTAVAIL',
    'CERT_NOT_YET_VALID',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_REVOKED',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_OVERFLOW',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'SOMETHING_NEW',
  ])('names no address, though the error does: %s', (code) => {
    for (const { reason: why } of [
      describeConnectFailure(withCode(code), 'connect'),
      describeConnectFailure(withCode(code), 'tls'),
      describeExchangeFailure(withCode(code), false),
      describeExchangeFailure(withCode(code), true),
    ]) {
      expect(reasonText(why)).toMatch(/^The .*\.$/);
      expect(JSON.stringify(why)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    }
  });
});
