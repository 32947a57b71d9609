// Deletes a session with ngrok's TypeScript client, and looks whether it is gone.
import { Ngrok } from './client.mjs';

const client = new Ngrok({
  apiToken: process.env.NGROK_API_KEY,
  baseUrl: process.env.NGROK_API_BASE_URL,
});
const [session] = await client.applicationSessions.list();
let thrown = null;
try {
  await client.applicationSessions.delete(session.id);
} catch (error) {
  thrown = error instanceof Error ? error.name : error.errorCode;
}
const left = await client.applicationSessions.list();
console.log(
  JSON.stringify({ deleted: !left.some(({ id }) => id === session.id), thrown }),
);
process.exitCode = thrown === null ? 0 : 1;
