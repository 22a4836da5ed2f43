/**
 * One member of the mesh as a process, for the test network: the real libp2p node with its keys, files
 * and timers, the words of a drone in flight, and notes of what it said and heard.
 *
 *   node test/net/member/main.ts CONFIG.json
 */
import { memberAtWork } from './at-work.ts';
import { serve } from './serve.ts';

await serve(memberAtWork);
