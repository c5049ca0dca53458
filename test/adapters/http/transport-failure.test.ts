import {
  describeConnectFailure,
  describeExchangeFailure,
  describeTimeout,
} from '../../../lambda/adapters/http/transport-failure';

const withCode = (code: string, message = 'connect 10.1.2.3:443') => Object.assign(new Error(message), { code });

describe('a failure in words', () => {
  test.each([
    [0.2, 'expired less than a day ago'],
    [1.5, 'expired 1 day ago'],
    [400.5, 'expired 400 days ago'],
  ])('counts the days since a certificate expired (%d)', (days, words) => {
    const validTo = new Date(Date.now() - days * 86_400_000).toUTCString();
    expect(describeConnectFailure(withCode('CERT_HAS_EXPIRED'), 'tls', validTo)).toEqual({
      failure: 'tls',
      message: `The server's certificate ${words}.`,
    });
  });

  test('does without the date where there is none', () => {
    expect(describeConnectFailure(withCode('CERT_HAS_EXPIRED'), 'tls').message).toBe(
      "The server's certificate has expired.",
    );
  });

  test('knows the alert by which TLS 1.3 refuses a client after the handshake', () => {
    expect(describeExchangeFailure(withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), false)).toMatchObject({
      failure: 'tls',
    });
  });

  test('tells the deadline in seconds, and the phase', () => {
    expect(describeTimeout('headers', 10_000)).toEqual({
      failure: 'timeout',
      message: 'The deadline of 10 s passed while waiting for the status and headers.',
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
    for (const { message } of [
      describeConnectFailure(withCode(code), 'connect'),
      describeConnectFailure(withCode(code), 'tls'),
      describeExchangeFailure(withCode(code), false),
      describeExchangeFailure(withCode(code), true),
    ]) {
      expect(message).toMatch(/^The .*\.$/);
      expect(message).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    }
  });
});
