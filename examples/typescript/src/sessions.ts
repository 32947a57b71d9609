// The application sessions of an ngrok account, typed by the contract.
import type { components } from "./generated.js";

export type Session = components["schemas"]["ApplicationSession"];
type Page = components["schemas"]["ApplicationSessionList"];
type ApiError = components["schemas"]["Error"];

export interface Account {
  url: string;
  key: string;
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(`ngrok answered ${status}: ${reason}`);
  }
}

const TRIES = 3;
const PAUSE_MS = 200;
const PATIENCE_MS = 30_000;
const TIMEOUT_MS = 10_000;

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Yields every session, page after page. */
export async function* sessions(account: Account, limit = 10): AsyncGenerator<Session> {
  let next: string | null = `${account.url}/app/sessions?limit=${limit}`;
  while (next !== null) {
    if (!next.startsWith(`${account.url}/`)) throw new Error("the next page is somewhere else");
    const page: Page = await read<Page>(account, next);
    yield* page.application_sessions;
    next = page.next_page_uri;
  }
}

/** Returns one session; Refused with status 404 if there is none of that id. */
export function session(account: Account, id: string): Promise<Session> {
  return read<Session>(account, `${account.url}/app/sessions/${encodeURIComponent(id)}`);
}

async function read<Body>(account: Account, url: string): Promise<Body> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${account.key}`, "ngrok-version": "2" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return (await answer.json()) as Body;
    const refusal = new Refused(answer.status, await reason(answer));
    const wait = waitMs(answer, attempt);
    if (answer.status !== 429 || attempt === TRIES || wait > PATIENCE_MS) throw refusal;
    await sleep(wait);
  }
}

function waitMs(answer: Response, attempt: number): number {
  const told = answer.headers.get("retry-after") ?? "";
  return /^\d+$/.test(told) ? Number(told) * 1000 : PAUSE_MS * 2 ** attempt;
}

async function reason(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as ApiError).msg;
  } catch {
    return "no reason given";
  }
}
