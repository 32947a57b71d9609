// Finds ngrok's TypeScript client in the folder that it was installed into.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${root}.cache/clients/ngrok-api-node/`;
export const { Ngrok } = createRequire(folder)('@ngrok/ngrok-api');
