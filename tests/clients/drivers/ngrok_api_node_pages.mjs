// Lists sessions with ngrok's TypeScript client, more than one page of them.
import { Ngrok } from './client.mjs';

const client = new Ngrok({
  apiToken: process.env.NGROK_API_KEY,
  baseUrl: process.env.NGROK_API_BASE_URL,
});
try {
  const sessions = await client.applicationSessions.list(undefined, '5');
  console.log(JSON.stringify({ sessions: sessions.length }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.errorCode ?? String(error) }));
}
