const NAME_SERVER = /^(\[[0-9a-fA-F:]+\]|[0-9a-fA-F:]+|\d+\.\d+\.\d+\.\d+)(:\d{1,5})?$/;

/** What is wrong with a list of name servers, in words, or nothing. */
export function nameServerFaults(nameServers: string[] = []): string[] {
  return nameServers
    .filter((server) => !NAME_SERVER.test(server))
    .map((server) => `nameServers: "${server}" is not an address, or an address and a port`);
}
