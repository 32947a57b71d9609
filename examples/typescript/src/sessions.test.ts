// The client against the stand-in that contract-tests client has started.
import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { Refused, session, sessions, type Account, type Session } from "./sessions.js";

const account: Account = {
  url: env["NGROK_API_URL"] ?? assert.fail("run me by: contract-tests client -- npm test"),
  key: env["NGROK_API_KEY"] ?? "",
};

test("all sessions are listed, each once", async () => {
  const found: Session[] = [];
  for await (const one of sessions(account)) found.push(one);
  assert.ok(found.length > 0);
  assert.equal(new Set(found.map((one) => one.id)).size, found.length);
});

test("a session that is listed can be shown", async () => {
  for await (const one of sessions(account)) {
    assert.deepEqual(await session(account, one.id), one);
    return;
  }
});

test("a session that is not there is refused", async () => {
  const missing = session(account, "as_000000000000000000000000000");
  await assert.rejects(missing, (error) => error instanceof Refused && error.status === 404);
});
