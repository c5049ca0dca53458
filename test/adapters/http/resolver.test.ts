import { CachingResolver, ResolutionError } from '../../../lambda/adapters/http/resolver';
import { startDnsStub, type DnsStub, type RecordType, type StubReply } from './dns-stub';

describe('the resolver', () => {
  let stub: DnsStub;
  let reply: (name: string, type: RecordType) => StubReply;

  beforeEach(async () => {
    stub = await startDnsStub((name, type) => reply(name, type));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    stub.close();
  });

  const newResolver = () => new CachingResolver({ servers: [stub.server] });
  const both = (ttlSeconds: number): StubReply => ({
    addresses: ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888'],
    ttlSeconds,
  });
  const letPass = (seconds: number) =>
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + seconds * 1000);

  test('gives every address of both families, IPv4 first', async () => {
    reply = () => both(60);
    expect(await newResolver().resolve('hooks.acme.com')).toEqual(['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888']);
    expect(stub.questions.sort()).toEqual(['A hooks.acme.com', 'AAAA hooks.acme.com']);
  });

  test.each<readonly [string, StubReply]>([
    ['has none', { addresses: [] }],
    ['fails', 'servfail'],
    ['does not exist', 'nxdomain'],
  ])('is content with one family when the other %s', async (_what, other) => {
    reply = (_name, type) => (type === 'A' ? both(60) : other);
    expect(await newResolver().resolve('v4.acme.com')).toEqual(['8.8.8.8', '8.8.4.4']);
    reply = (_name, type) => (type === 'AAAA' ? both(60) : other);
    expect(await newResolver().resolve('v6.acme.com')).toEqual(['2001:4860:4860::8888']);
  });

  test.each<readonly [string, StubReply]>([
    ['ENOTFOUND', 'nxdomain'],
    ['ENODATA', { addresses: [] }],
    ['ESERVFAIL', 'servfail'],
  ])('fails with %s', async (code, said) => {
    reply = () => said;
    await expect(newResolver().resolve('hooks.acme.com')).rejects.toThrow(ResolutionError);
    await expect(newResolver().resolve('hooks.acme.com')).rejects.toMatchObject({ code });
  });

  test('tells a missing answer from a missing address', async () => {
    reply = (_name, type) => (type === 'A' ? 'servfail' : { addresses: [] });
    await expect(newResolver().resolve('hooks.acme.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  test('asks again when the shortest TTL has passed', async () => {
    reply = (_name, type) => (type === 'A' ? both(20) : both(10));
    const resolver = newResolver();
    await resolver.resolve('hooks.acme.com');
    await resolver.resolve('hooks.acme.com');
    letPass(9);
    await resolver.resolve('hooks.acme.com');
    expect(stub.questions).toHaveLength(2);
    letPass(2);
    await resolver.resolve('hooks.acme.com');
    expect(stub.questions).toHaveLength(4);
  });

  test('asks again after 30 seconds, whatever the TTL', async () => {
    reply = () => both(86_400);
    const resolver = newResolver();
    await resolver.resolve('hooks.acme.com');
    letPass(29);
    await resolver.resolve('hooks.acme.com');
    expect(stub.questions).toHaveLength(2);
    letPass(2);
    await resolver.resolve('hooks.acme.com');
    expect(stub.questions).toHaveLength(4);
  });

  test('keeps nothing whose TTL is 0, and no failure', async () => {
    const resolver = newResolver();
    reply = () => both(0);
    await resolver.resolve('hooks.acme.com');
    reply = () => 'nxdomain';
    await expect(resolver.resolve('hooks.acme.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    reply = () => both(60);
    expect(await resolver.resolve('hooks.acme.com')).toHaveLength(3);
  });

  test('asks once for attempts that start together', async () => {
    reply = () => both(0);
    const resolver = newResolver();
    await Promise.all(Array.from({ length: 10 }, () => resolver.resolve('hooks.acme.com')));
    expect(stub.questions).toHaveLength(2);
  });

  test('keeps at most 1000 names', async () => {
    reply = () => both(60);
    const resolver = newResolver();
    for (let name = 0; name <= 1000; name += 1) await resolver.resolve(`n${name}.acme.com`);
    stub.questions.length = 0;
    await resolver.resolve('n1000.acme.com');
    expect(stub.questions).toHaveLength(0);
    await resolver.resolve('n0.acme.com');
    expect(stub.questions).toHaveLength(2);
  });
});
