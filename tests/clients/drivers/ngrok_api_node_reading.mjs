// Reads sessions and users with ngrok's TypeScript client, and takes what it is given.
import { Ngrok } from './client.mjs';

const client = new Ngrok({
  apiToken: process.env.NGROK_API_KEY,
  baseUrl: process.env.NGROK_API_BASE_URL,
});
try {
  const sessions = await client.applicationSessions.list();
  for (const { id, browserSession, expiresAt } of sessions) {
    console.log('session', id, browserSession.location?.countryCode, expiresAt);
  }
  for (const { id, email, lastLogin } of await client.applicationUsers.list()) {
    console.log('user', id, email, lastLogin);
  }
  for (const { id } of sessions.slice(0, 1)) {
    console.log('read', (await client.applicationSessions.get(id)).publicUrl);
  }
} catch (error) {
  if (error instanceof Error) throw error; // what the client did not expect itself
  console.error(`refused: ${error.statusCode} ${error.msg}`);
  process.exitCode = 1;
}
