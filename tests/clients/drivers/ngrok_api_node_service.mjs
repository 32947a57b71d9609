// Counts sessions with ngrok's TypeScript client in a program that lives on, as a service does.
import { Ngrok } from './client.mjs';

const client = new Ngrok({
  apiToken: process.env.NGROK_API_KEY,
  baseUrl: process.env.NGROK_API_BASE_URL,
});
const life = setInterval(() => {}, 1000);
try {
  console.log('sessions', (await client.applicationSessions.list()).length);
} catch (error) {
  console.error(`refused: ${error.msg ?? error}`);
  process.exitCode = 1;
}
clearInterval(life);
