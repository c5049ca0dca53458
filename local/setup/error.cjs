'use strict';
/** Something that the user has to put right; the message says what and how, and needs no stack trace. */
class SetupError extends Error {}

module.exports = { SetupError };
