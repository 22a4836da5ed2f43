/**
 * Someone on the network of a swarm who means it ill: speaks the transport's language with whatever
 * keys it got hold of, and keeps none of its rules.
 *
 *   node test/net/attacks/intruder/main.ts CONFIG.json
 */
import { serve } from '../../member/serve.ts';
import { intruderAtWork } from './at-work.ts';

await serve(intruderAtWork);
