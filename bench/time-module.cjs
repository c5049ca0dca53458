// How long a module takes to load and initialize, in a process of its own, as in the start of an execution environment.
// No TypeScript: what would compile it is not to be measured.
const { argv, hrtime, send } = process;
const before = hrtime.bigint();
require(argv[2]);
const microseconds = Number(hrtime.bigint() - before) / 1000;
send.call(process, microseconds, () => process.exit());
