import { setTimeout as sleep } from 'node:timers/promises';

import { frameOf } from '../../net/attacks/forged-frames.ts';
import { GUARDED, HONEST, hexOf, Siege } from '../../net/attacks/siege.ts';
import { OUTSIDERS_KEY } from '../../net/member/undefended.ts';
import type { Part } from './parts.ts';

/** Keys of no roster that dial a member and speak, over QUIC, TCP and datagrams. */
export const strangerPart: Part = async ({ short, tell }) => {
  const siege = await Siege.begin({ gossipOnly: false });
  try {
    const closedS: number[] = [];
    let [accepted, overheard] = [0, 0];
    const tries = short ? 4 : 40;
    for (let tried = 0; tried < tries; tried += 1) {
      const keyFile = siege.strangersKey();
      const to = siege.addressOf(GUARDED, tried % 2 === 0 ? 'quic' : 'tcp');
      await siege.tell({ do: 'connect', keyFile, to, times: 1 });
      const { name, envelope } = siege.promise(HONEST, keyFile);
      const bundlesHex = [hexOf(envelope)];
      await siege.tell({ do: 'say', keyFile, to, bundlesHex, tries: 1 }).catch(() => undefined);
      const framesHex = [hexOf(frameOf(OUTSIDERS_KEY, HONEST, [envelope]))];
      await siege.tell({ do: 'cast', framesHex, count: 1, perS: 100 });
      accepted += [...(await siege.heard(HONEST, [name])).values()].flat().length;
      const seen = await siege.seen(GUARDED, keyFile);
      overheard += seen.heardHex.length;
      // Null: it was never open, unless it is still.
      closedS.push(seen.openConnections > 0 ? Infinity : (seen.closedAfterMs ?? 0) / 1000);
      await siege.hangUp(keyFile);
      await sleep(200);
    }
    tell(`${tries} strangers, the last cut off after ${closedS.at(-1)!.toFixed(3)} s`);
    return {
      strangers: tries,
      strangerMessagesAccepted: accepted,
      strangerMessagesOverheard: overheard,
      strangerClosedSecondsMax: Math.min(1000, Math.max(...closedS)),
    };
  } finally {
    await siege.end();
  }
};
