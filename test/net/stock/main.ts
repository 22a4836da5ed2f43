/**
 * What the mesh is measured against, as a process for the test network: gossipsub as it comes (D = 6,
 * signed by itself) over TCP, that says the same words as a member.
 *
 *   node test/net/stock/main.ts CONFIG.json
 */
import { serve } from '../member/serve.ts';
import { stockAtWork } from './at-work.ts';

await serve(stockAtWork);
