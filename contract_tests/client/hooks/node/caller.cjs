// Tells the line of a client's code that sends a request; Node 18 on.
//
// Node loads this file at its start, because NODE_OPTIONS names it. It adds a header to requests
// that go to addresses of CONTRACT_TESTS_HOSTS, and to no others. Whatever goes wrong here is kept
// here: a client must run as it would without it.
'use strict';

try {
  const NAME = 'X-Contract-Tests-Caller';
  const hosts = new Set((process.env.CONTRACT_TESTS_HOSTS || '').split(',').filter(Boolean));
  const cwd = process.cwd() + '/';
  const line = /^\s*at (?:async )?(?:(.*?) \()?(?:file:\/\/)?(\/[^()]*):(\d+):\d+\)?$/;

  const isOwn = (found) =>
    found && found[2] !== __filename && !found[2].includes('/node_modules/');

  // The own functions that are under way, each once: parts of a program that know nothing of one
  // another, such as tests, differ in them. Functions without a name are told by their lines.
  const scene = (own) => {
    const named = own.map(([, name, file, number]) =>
      /^[\w$]+$/.test(name || '') ? `${file} ${name}` : `${file} ${number}`);
    let sum = 0;
    for (const each of [...new Set(named)].join('\n')) sum = (31 * sum + each.codePointAt(0)) | 0;
    return (sum >>> 0).toString(16);
  };

  const caller = () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 50;
    const { stack } = new Error();
    Error.stackTraceLimit = limit;
    const own = String(stack).split('\n').map((each) => line.exec(each)).filter(isOwn);
    if (!own.length) return '';
    const [, name, file, number] = own[0];
    const path = file.startsWith(cwd) ? file.slice(cwd.length) : file;
    return encodeURIComponent(`${path}:${number} in ${name || 'the top level'}\n${scene(own)}`);
  };

  const isOurs = (host) => hosts.has(host) || hosts.has(`*.${host.slice(host.indexOf('.') + 1)}`);

  const patchFetch = () => {
    const plain = globalThis.fetch;
    if (typeof plain !== 'function') return;
    globalThis.fetch = function fetch(input, init) {
      try {
        const isRequest = typeof Request === 'function' && input instanceof Request;
        const url = new URL(isRequest ? input.url : String(input));
        const value = isOurs(url.host) && caller();
        if (value) {
          const headers = new Headers((init && init.headers) || (isRequest ? input.headers : {}));
          headers.set(NAME, value);
          return plain.call(this, input, { ...init, headers });
        }
      } catch { /* the plain one says what is wrong */ }
      return plain.call(this, input, init);
    };
  };

  const patchModule = (module) => {
    const plain = module.request;
    module.request = function request(...given) {
      const made = plain.apply(this, given);
      try {
        const value = !made.headersSent && isOurs(made.getHeader('host')) && caller();
        if (value) made.setHeader(NAME, value);
      } catch { /* it goes as it is */ }
      return made;
    };
    module.get = function get(...given) {
      const made = module.request(...given);
      made.end();
      return made;
    };
  };

  // With --intercept, for Node before 24, which asks no proxy: connections to a vendor's host come
  // here. TLS still looks at the vendor's name, which the caller has given it.
  const led = new Map((process.env.CONTRACT_TESTS_LED || '').split(',').map((p) => p.split('=')));
  const patchSockets = () => {
    const { Socket } = require('node:net');
    const plain = Socket.prototype.connect;
    Socket.prototype.connect = function connect(...given) {
      const first = Array.isArray(given[0]) ? given[0][0] : given[0];
      const port = first && typeof first === 'object' && led.get(String(first.port));
      if (port && first.host && isOurs(first.host)) {
        const aside = { ...first, host: '127.0.0.1', port: Number(port) };
        if (Array.isArray(given[0])) given[0][0] = aside;
        else given[0] = aside;
      }
      return plain.apply(this, given);
    };
  };

  if (hosts.size) {
    if (process.env.CONTRACT_TESTS_LED) patchSockets();
    patchFetch();
    patchModule(require('node:http'));
    patchModule(require('node:https'));
    require('node:module').syncBuiltinESMExports();
  }
} catch { /* a client must run as it would without it */ }
