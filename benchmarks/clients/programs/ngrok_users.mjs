// Lists the application users of an ngrok account with fetch, and shows the newest one.
const base = process.env.CONTRACT_TESTS_URL_NGROK.replace(/\/$/, "");
const key = process.env.CONTRACT_TESTS_KEY_NGROK;
const [tries, pauseMs, patienceMs] = [3, 200, 30_000];
const repeatable = new Set([429, 500, 502, 503, 504]);

class Failed extends Error {}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function waitMs(answer, attempt) {
  const told = (answer.headers.get("retry-after") ?? "").trim();
  return /^\d+$/.test(told) ? Number(told) * 1000 : pauseMs * 2 ** attempt;
}

async function ask(url) {
  const answer = await fetch(url, {
    headers: {
      authorization: `Bearer ${key}`,
      "ngrok-version": "2",
      accept: "application/json",
    },
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  return { answer, text: await answer.text() };
}

async function call(url) {
  for (let attempt = 1; ; attempt += 1) {
    let got;
    try {
      got = await ask(url);
    } catch (error) {
      if (attempt === tries) throw new Failed(`no answer: ${error.message}`);
      await sleep(pauseMs * 2 ** attempt);
      continue;
    }
    const { answer, text } = got;
    if (answer.status === 200) return parsed(text);
    const ms = waitMs(answer, attempt);
    if (!repeatable.has(answer.status) || attempt === tries || ms > patienceMs) {
      throw new Failed(`ngrok answered ${answer.status}: ${reason(text)}`);
    }
    await sleep(ms);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failed("the answer is no JSON");
  }
}

function reason(text) {
  try {
    return JSON.parse(text)?.msg ?? "no reason given";
  } catch {
    return "no reason given";
  }
}

async function* users() {
  const seen = new Set();
  let url = `${base}/app/users?limit=5`;
  while (url !== null && !seen.has(url)) {
    if (!url.startsWith(`${base}/`)) throw new Failed("the next page is somewhere else");
    seen.add(url);
    const page = await call(url);
    yield* page.application_users;
    url = page.next_page_uri;
  }
}

function day(text) {
  const when = new Date(text.toUpperCase());
  return Number.isNaN(when.getTime()) ? text : when.toISOString().slice(0, 10);
}

async function main() {
  const found = new Map();
  for await (const user of users()) {
    found.set(user.id, user);
  }
  for (const user of found.values()) {
    const name = user.name || user.username || user.email || "nobody";
    console.log(user.id, name, user.identity_provider?.name ?? "-", day(user.last_active));
  }
  const [newest] = found.keys();
  if (newest !== undefined) {
    const user = await call(`${base}/app/users/${encodeURIComponent(newest)}`);
    console.log("newest:", user.id, day(user.created_at));
  }
  console.log(`${found.size} users`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  console.error(`ngrok_users: ${error.message}`);
  process.exitCode = 1;
}
