import { parseStartOptions } from '../../local/start-options';

describe('npm start', () => {
  test('has the documented defaults', () => {
    expect(parseStartOptions([])).toEqual({
      exit: false,
      detach: false,
      port: 4566,
      receiverPort: 0,
      endpointPolicy: 'development',
    });
  });

  test('takes its options', () => {
    expect(
      parseStartOptions(['--exit', '--port', '5000', '--receiver-port=5001', '--endpoint-policy', 'production']),
    ).toEqual({ exit: true, detach: false, port: 5000, receiverPort: 5001, endpointPolicy: 'production' });
  });

  test.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['4566'], "Unexpected argument '4566'"],
    [['--port', '65536'], '--port takes a port, 0 to 65535, and not "65536"'],
    [['--port', '1e3'], 'and not "1e3"'],
    [['--endpoint-policy', 'none'], '--endpoint-policy takes development or production, and not "none"'],
    [['--exit', '--detach'], '--exit and --detach exclude each other'],
  ])('%j: says what is wrong, and the usage', (args, message) => {
    expect(() => parseStartOptions(args)).toThrow(message);
    expect(() => parseStartOptions(args)).toThrow('Usage: npm start -- [options]');
  });
});
