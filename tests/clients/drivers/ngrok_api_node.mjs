// Lists and reads sessions and users with ngrok's TypeScript client, a page of each.
import { Ngrok } from './client.mjs';

const client = new Ngrok({
  apiToken: process.env.NGROK_API_KEY,
  baseUrl: process.env.NGROK_API_BASE_URL,
});
const sessions = await client.applicationSessions.list();
const users = await client.applicationUsers.list();
const session = await client.applicationSessions.get(sessions[0].id);
const user = await client.applicationUsers.get(users[0].id);
console.log(
  JSON.stringify({
    sessions: sessions.length,
    users: users.length,
    'one session': session.id === sessions[0].id,
    'one user': user.id === users[0].id,
  }),
);
