import * as fc from 'fast-check';
import { type ReasonCode, reasonText } from '../../../lambda/core/shared/reason';
import {
  checkEndpointUrl,
  DEVELOPMENT_POLICY,
  isAddressAllowed,
  isLocalhost,
  literalAddress,
  MAX_URL_LENGTH,
  PRODUCTION_POLICY,
  type EndpointPolicy,
} from '../../../lambda/core/endpoint/endpoint-policy';

/** The rule that refuses, or what the URL is dialled as. */
const verdict = (url: string, policy: EndpointPolicy): ReasonCode | `sent to ${string}` => {
  const judged = checkEndpointUrl(url, policy);
  return judged.ok ? `sent to ${judged.url.href}` : judged.reason.code;
};

describe('production refuses', () => {
  const REFUSED: Partial<Record<ReasonCode, readonly string[]>> = {
    'scheme-not-allowed': [
      'http://hooks.acme.com/',
      'HTTP://hooks.acme.com/',
      'ftp://hooks.acme.com/',
      'ws://hooks.acme.com/',
      'wss://hooks.acme.com/',
      'file://hooks.acme.com/etc/passwd',
      'gopher://hooks.acme.com/',
      'http://127.0.0.1/',
      'http://localhost:3000/',
      'ldap://hooks.acme.com/',
      'httpss://hooks.acme.com/',
    ],
    'ip-literal-not-allowed': [
      // dotted decimal, public ones too
      'https://127.0.0.1/',
      'https://8.8.8.8/',
      'https://10.0.0.1/',
      'https://169.254.169.254/latest/meta-data/',
      'https://0.0.0.0/',
      'https://127.0.0.1./',
      'https://255.255.255.255/',
      // short forms
      'https://127.1/',
      'https://127.0.1/',
      'https://10.1/',
      'https://0/',
      'https://1/',
      'https://127.1./',
      // one integer: decimal, hexadecimal, octal
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0X7F000001/',
      'https://017700000001/',
      'https://2852039166/',
      'https://0xA9FEA9FE/',
      'https://0x/',
      // octal, hexadecimal and mixed parts
      'https://0177.0.0.1/',
      'https://0177.0.0.01/',
      'https://0x7f.0.0.1/',
      'https://0x7f.1/',
      'https://0x7f.0x0.0x0.0x1/',
      'https://0177.0x0.0.1/',
      'https://127.0x1/',
      'https://00127.0.0.1/',
      'https://0251.0376.0251.0376/',
      'https://0xa9.254.0251.0xfe/',
      // IPv6
      'https://[::1]/',
      'https://[::]/',
      'https://[0:0:0:0:0:0:0:1]/',
      'https://[2606:4700:4700::1111]/',
      'https://[fe80::1]/',
      'https://[fd00::1]/',
      'https://[ff02::1]/',
      'https://[::1]:443/',
      // IPv6 that carries IPv4: mapped, compatible, NAT64, 6to4, Teredo
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[0:0:0:0:0:FFFF:169.254.169.254]/',
      'https://[::127.0.0.1]/',
      'https://[::7f00:1]/',
      'https://[64:ff9b::7f00:1]/',
      'https://[64:ff9b::127.0.0.1]/',
      'https://[64:ff9b:1::10.0.0.1]/',
      'https://[2002:7f00:1::]/',
      'https://[2001:0:7f00:1::]/',
      'https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/',
      // look-alikes that the URL parser turns into an address
      'https://１２７.０.０.１/',
      'https://１２７．０．０．１/',
      'https://127。0。0。1/',
      'https://127｡0｡0｡1/',
      'https://①②⑦.⓪.⓪.①/',
      'https://⑯⑨.②⑤④.①⑥⑨.②⑤④/',
      'https://𝟏𝟐𝟕.𝟎.𝟎.𝟏/',
      'https://１６９。２５４。１６９。２５４/',
      'https://０x7f.1/',
      'https://127.0.0.1\u00ad/',
      'https://12\u00ad7.0.0.1/',
      'https://127\u200b.0.0.1/',
      // percent-encoded hosts
      'https://%31%32%37.0.0.1/',
      'https://127%2e0%2e0%2e1/',
      'https://127.0.0.%31/',
      'https://%30x7f.1/',
      'https://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/',
    ],
    'localhost-not-allowed': [
      'https://localhost/',
      'https://LOCALHOST/',
      'https://LocalHost/',
      'https://localhost./',
      'https://localhost:8443/',
      'https://api.localhost/',
      'https://a.b.localhost./',
      'https://foo.LOCALHOST/',
      'https://ｌｏｃａｌｈｏｓｔ/',
      'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
      'https://local\u00adhost/',
      'https://%6c%6f%63alhost/',
      'https://local%68ost./',
      'https://𝐥𝐨𝐜𝐚𝐥𝐡𝐨𝐬𝐭/',
      'https://localho\u017ft/',
    ],
    'single-label-name': [
      'https://intranet-wiki/',
      'https://acme/',
      'https://acme./',
      'https://com/',
      'https://metadata/',
      'https://xn--bcher-kva/',
      'https://xn--a/',
      'https://ａｃｍｅ/',
    ],
    'reserved-name': [
      'https://printer.local/',
      'https://printer.LOCAL./',
      'https://metadata.google.internal/computeMetadata/v1/',
      'https://ip-10-0-0-1.ec2.internal/',
      'https://vault.internal./',
      'https://hooks.test/',
      'https://hooks.example/',
      'https://hooks.invalid/',
      'https://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion/',
      'https://router.home.arpa/',
      'https://1.0.0.127.in-addr.arpa/',
      'https://ipv4only.arpa/',
      'https://nas.lan/',
      'https://mail.corp/',
      'https://nas.home/',
      'https://hr.intranet/',
      'https://db.private/',
      'https://smtp.mail/',
      'https://name.alt/',
      'https://localhost.localdomain/',
      'https://vault｡internal/',
      'https://vault。ⓘⓝⓣⓔⓡⓝⓐⓛ/',
      'https://vault%2Einternal/',
      'https://vault.inter\u00adnal/',
    ],
    'name-invalid': [
      'https://acme.com../',
      'https://acme..com/',
      'https://.acme.com/',
      'https://-acme.com/',
      'https://acme-.com/',
      'https://ac*me.com/',
      'https://acme.com,evil.com/',
      'https://acme.com;evil.com/',
      'https://acme!.com/',
      'https://a$b.com/',
      "https://acme'.com/",
      'https://(acme).com/',
      'https://acme=evil.com/',
      'https://acme&evil.com/',
      'https://acme~.com/',
      'https://../',
      `https://${'a'.repeat(64)}.com/`,
      `https://${'abcdefgh.'.repeat(31)}com/`,
    ],
    'url-characters-invalid': [
      ' https://hooks.acme.com/',
      'https://hooks.acme.com/ ',
      'https://hooks.acme.com/a b',
      'https://hooks.acme.com/\n',
      'ht\ntps://hooks.acme.com/',
      'https://hooks.\tacme.com/',
      'https://hooks.acme.com/\u0000',
      'https:\\\\hooks.acme.com\\',
      'https://hooks.acme.com\\@evil.com/',
      'https://hooks.acme.com\\.evil.com/',
      'https://hooks.acme.com:4 43/',
    ],
    'url-invalid': [
      '',
      'hooks.acme.com',
      '//hooks.acme.com/',
      '/hooks',
      'https:',
      'https:/',
      'https://',
      'https:///hooks.acme.com/',
      'https:hooks.acme.com/',
      'https:/hooks.acme.com/',
      'https://?x',
      'https://:443/',
      'https://256.256.256.256/',
      'https://1.2.3.4.5/',
      'https://0x100000000/',
      'https://4294967296/',
      'https://foo.0x4/',
      'https://hooks.acme.1/',
      'https://[fe80::1%25eth0]/',
      'https://[fe80::1%eth0]/',
      'https://[::1%lo]/',
      'https://[::1/',
      'https://::1/',
      'https://[127.0.0.1]/',
      'https://[::ffff:127.1]/',
      'https://[1::2::3]/',
      'https://hooks.acme.com:99999/',
      'https://hooks.acme.com:-1/',
      'https://hooks.acme.com:443x/',
      'https://hooks%00.acme.com/',
      'https://hooks%2Facme.com/',
      'https://hooks%40acme.com/',
      'https://hooks%20acme.com/',
      'https://a<b.com/',
      'https://a|b.com/',
      'https://a^b.com/',
      'https://\u00ad/',
      'https://%zz.com/',
      'javascript:alert(1)',
      'data:text/plain,x',
    ],
    'userinfo-not-allowed': [
      'https://user@hooks.acme.com/',
      'https://user:password@hooks.acme.com/',
      'https://@hooks.acme.com/',
      'https://:@hooks.acme.com/',
      'https://hooks.acme.com@evil.com/',
      'https://hooks.acme.com:443@127.0.0.1/',
      'https://a@b@hooks.acme.com/',
      'https://user%40acme.com@hooks.acme.com/',
      'https://127.0.0.1%2f@hooks.acme.com/',
    ],
    'fragment-not-allowed': [
      'https://hooks.acme.com/#',
      'https://hooks.acme.com/#section',
      'https://hooks.acme.com#@evil.com/',
      'https://hooks.acme.com/path?q=1#x',
    ],
    'port-not-allowed': [
      'https://hooks.acme.com:80/',
      'https://hooks.acme.com:8443/',
      'https://hooks.acme.com:22/',
      'https://hooks.acme.com:0/',
      'https://hooks.acme.com:444/',
      'https://hooks.acme.com.:8443/',
      'https://hooks.acme.com:65535/',
    ],
    'url-too-long': [`https://hooks.acme.com/${'a'.repeat(MAX_URL_LENGTH)}`],
    'url-too-long-encoded': [`https://hooks.acme.com/${'é'.repeat(MAX_URL_LENGTH / 4)}`],
  };
  const rows = Object.entries(REFUSED).flatMap(([rule, urls]) =>
    urls.map((url) => [rule, url.length > 100 ? `${url.slice(0, 100)}...` : url, url] as const),
  );

  test.each(rows)('%s: %j', (rule, _shown, url) => {
    expect(verdict(url, PRODUCTION_POLICY)).toBe(rule);
  });

  test('by at least 150 examples', () => {
    expect(new Set(rows.map(([, , url]) => url)).size).toBeGreaterThan(150);
  });

  test('every spelling of every IPv4 address', () => {
    const part = (value: number) =>
      fc.constantFrom(
        value.toString(),
        `0x${value.toString(16)}`,
        `0X${value.toString(16).toUpperCase()}`,
        `0${value.toString(8)}`,
        `0x000${value.toString(16)}`,
      );
    const spelled = fc.nat(0xffffffff).chain((value) => {
      const [a, b, c, d] = [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
      const dotted = (...values: number[]) => fc.tuple(...values.map(part)).map((parts) => parts.join('.'));
      return fc.oneof(dotted(value), dotted(a, value & 0xffffff), dotted(a, b, value & 0xffff), dotted(a, b, c, d));
    });
    const withDot = fc.tuple(spelled, fc.constantFrom('', '.')).map(([host, dot]) => host + dot);
    const encoded = fc.tuple(withDot, fc.nat(30)).map(([host, at]) => {
      const index = at % host.length;
      return `${host.slice(0, index)}%${host.charCodeAt(index).toString(16)}${host.slice(index + 1)}`;
    });
    fc.assert(
      fc.property(
        fc.oneof(withDot, encoded),
        (host) => verdict(`https://${host}/`, PRODUCTION_POLICY) === 'ip-literal-not-allowed',
      ),
      { numRuns: 1000 },
    );
  });

  test('names the rule in a sentence, and no address', () => {
    for (const [, , url] of rows) {
      const judged = checkEndpointUrl(url, PRODUCTION_POLICY);
      if (judged.ok) throw new Error(`${url} is allowed`);
      expect(reasonText(judged.reason)).toMatch(/^(The|Enter) .*\.$/);
      expect(JSON.stringify(judged.reason)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    }
  });
});

describe('production allows', () => {
  test.each([
    ['https://hooks.acme.com', 'https://hooks.acme.com/'],
    ['https://hooks.acme.com/', 'https://hooks.acme.com/'],
    ['HTTPS://HOOKS.ACME.COM/Path', 'https://hooks.acme.com/Path'],
    ['https://hooks.acme.com:443/', 'https://hooks.acme.com/'],
    ['https://hooks.acme.com:/', 'https://hooks.acme.com/'],
    ['https://hooks.acme.com:0443/', 'https://hooks.acme.com/'],
    ['https://hooks.acme.com./', 'https://hooks.acme.com./'],
    ['https://acme.co.uk/a/b/c?d=e&f=g', 'https://acme.co.uk/a/b/c?d=e&f=g'],
    ['https://hooks.acme.com?x=1', 'https://hooks.acme.com/?x=1'],
    ['https://hooks.acme.com/user@host', 'https://hooks.acme.com/user@host'],
    ['https://hooks.acme.com/?to=http://127.0.0.1/', 'https://hooks.acme.com/?to=http://127.0.0.1/'],
    ['https://hooks.acme.com/a%20b', 'https://hooks.acme.com/a%20b'],
    ['https://hooks.acme.com/grüße', 'https://hooks.acme.com/gr%C3%BC%C3%9Fe'],
    ['https://hooks.acme.com/a/../b', 'https://hooks.acme.com/b'],
    ['https://bücher.de/', 'https://xn--bcher-kva.de/'],
    ['https://xn--bcher-kva.de/', 'https://xn--bcher-kva.de/'],
    ['https://аcme.com/', 'https://xn--cme-5cd.com/'], // a Cyrillic look-alike is a name of its own
    ['https://ｈｏｏｋｓ．ａｃｍｅ．ｃｏｍ/', 'https://hooks.acme.com/'],
    ['https://hooks。acme。com/', 'https://hooks.acme.com/'],
    ['https://hoo%6bs.acme.com/', 'https://hooks.acme.com/'],
    ['https://hooks.ac\u00adme.com/', 'https://hooks.acme.com/'],
    ['https://my_bucket.acme.com/', 'https://my_bucket.acme.com/'],
    // a public name: its address is judged when it is connected to
    ['https://127.0.0.1.nip.io/', 'https://127.0.0.1.nip.io/'],
    ['https://localhost.acme.com/', 'https://localhost.acme.com/'],
    ['https://internal.acme.com/', 'https://internal.acme.com/'],
    ['https://notlocalhost.dev/', 'https://notlocalhost.dev/'],
    ['https://test.com/', 'https://test.com/'],
    ['https://1.acme.com/', 'https://1.acme.com/'],
    ['https://0x7f.acme.com/', 'https://0x7f.acme.com/'],
    ['https://hooks.xn--p1ai/', 'https://hooks.xn--p1ai/'],
    [`https://${'a'.repeat(63)}.com/`, `https://${'a'.repeat(63)}.com/`],
    [
      `https://hooks.acme.com/${'a'.repeat(MAX_URL_LENGTH - 23)}`,
      `https://hooks.acme.com/${'a'.repeat(MAX_URL_LENGTH - 23)}`,
    ],
  ])('%j, sent to %j', (url, href) => {
    expect(verdict(url, PRODUCTION_POLICY)).toBe(`sent to ${href}`);
  });

  test('the ports of its configuration', () => {
    const policy: EndpointPolicy = { kind: 'production', ports: [443, 8443] };
    expect(verdict('https://hooks.acme.com:8443/', policy)).toBe('sent to https://hooks.acme.com:8443/');
    expect(verdict('https://hooks.acme.com/', policy)).toBe('sent to https://hooks.acme.com/');
    expect(verdict('https://hooks.acme.com:9443/', policy)).toBe('port-not-allowed');
    expect(verdict('https://hooks.acme.com/', { kind: 'production', ports: [8443] })).toBe('port-not-allowed');
  });

  test('no host that the URL parser would read differently the second time', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const judged = checkEndpointUrl(url, PRODUCTION_POLICY);
        return !judged.ok || verdict(judged.url.href, PRODUCTION_POLICY) === `sent to ${judged.url.href}`;
      }),
    );
  });
});

describe('development', () => {
  test.each([
    'http://localhost:3000/hooks',
    'http://127.0.0.1:8080/',
    'http://127.8.8.8/',
    'http://[::1]:9000/',
    'https://localhost/',
    'http://hooks.localhost/',
    'http://127.1/',
    'http://receiver:8080/',
    'http://hooks.acme.com/',
    'https://hooks.acme.com:8443/',
    'http://8.8.8.8/',
    'http://hooks.test/',
  ])('allows %s', (url) => {
    expect(verdict(url, DEVELOPMENT_POLICY)).toMatch(/^sent to /);
  });

  test.each([
    ['address-not-public', 'http://10.0.0.1/'],
    ['address-not-public', 'http://169.254.169.254/latest/meta-data/'],
    ['address-not-public', 'http://169.254.100.1:9001/2018-06-01/runtime/invocation/next'],
    ['address-not-public', 'http://192.168.1.1/'],
    ['address-not-public', 'http://0.0.0.0/'],
    ['address-not-public', 'http://[fd00::1]/'],
    ['address-not-public', 'http://[::ffff:127.0.0.1]/'],
    ['address-not-public', 'http://[::]/'],
    ['userinfo-not-allowed', 'http://user:password@localhost/'],
    ['fragment-not-allowed', 'http://localhost/#x'],
    ['scheme-not-allowed', 'ftp://localhost/'],
    ['scheme-not-allowed', 'ws://localhost/'],
    ['url-invalid', 'localhost:3000/hooks'],
    ['url-invalid', 'http://'],
    ['name-invalid', 'http://hooks..acme.com/'],
    ['url-too-long', `http://localhost/${'a'.repeat(MAX_URL_LENGTH)}`],
  ] satisfies readonly (readonly [ReasonCode, string])[])('refuses by %s: %s', (rule, url) => {
    expect(verdict(url, DEVELOPMENT_POLICY)).toBe(rule);
  });
});

describe('addresses', () => {
  test('production allows public ones only', () => {
    expect(isAddressAllowed('8.8.8.8', PRODUCTION_POLICY)).toBe(true);
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:8.8.8.8'])
      expect(isAddressAllowed(address, PRODUCTION_POLICY)).toBe(false);
  });

  test('development allows loopback ones as well, and nothing else', () => {
    for (const address of ['8.8.8.8', '127.0.0.1', '127.9.9.9', '::1'])
      expect(isAddressAllowed(address, DEVELOPMENT_POLICY)).toBe(true);
    for (const address of ['10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0', 'fe80::1'])
      expect(isAddressAllowed(address, DEVELOPMENT_POLICY)).toBe(false);
  });

  test('a host is an address with or without brackets, or a name', () => {
    expect(['127.0.0.1', '[::1]', 'hooks.acme.com'].map(literalAddress)).toEqual(['127.0.0.1', '::1', undefined]);
    expect(['localhost', 'a.localhost.', 'localhost.acme.com', 'notlocalhost'].map(isLocalhost)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('a policy survives JSON', () => {
    expect(JSON.parse(JSON.stringify(PRODUCTION_POLICY))).toEqual({ kind: 'production', ports: [443] });
  });
});
