import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { splitBundle } from '#protocols/gossip/bundle.ts';
import type { MeshSession } from '#protocols/gossip/mesh-session.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import type { Episode } from '#sim/episode/episode.ts';
import { castRightsOf } from '#sim/attackers/voice.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import type { Fault } from '#sim/faults/fault.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import type { ProfileName } from '#sim/radio/profile.ts';

const SAMPLES = 32;
const CORNER = loadMission('missions/search-irchel-corner.yaml');

export const openStagePlanner = (): Promise<OpenPlanner> =>
  openPlanner({ modelDir: null, modelSignersHex: [] }, { ...PLAN_SETTINGS, samples: SAMPLES });

/** One message that a drone's mesh process admitted. */
export interface Admitted {
  sysid: number;
  atMs: number;
  received: Received;
  envelope: Uint8Array;
}

const nameOf = (envelope: Uint8Array): string =>
  Buffer.from(envelope.subarray(-64)).toString('latin1');

/** A flight of three in search of something, under attack and before the judge. */
export class Stage {
  readonly judged: JudgedEpisode;
  readonly admitted: Admitted[] = [];
  readonly #said: { by: number; atMs: number; name: string }[] = [];

  constructor(
    planner: OpenPlanner,
    seed: number,
    faults: readonly Fault[],
    drones = 3,
    base: ProfileName = 'P1',
  ) {
    const settings = { mission: CORNER, drones, kinds: [], samples: SAMPLES };
    const options = fuzzEpisode(seed, settings, planner);
    const radio = { ...options.radio, base };
    this.judged = new JudgedEpisode({ ...options, radio, faults });
    this.episode.onAdmitted = (sysid, received, envelope) =>
      this.admitted.push({ sysid, atMs: this.episode.nowMs, received, envelope });
    for (const { sysid } of this.episode.drones) {
      const voice = this.episode.airwaves.voice(sysid);
      voice.castRights = () => castRightsOf(this.episode.drone(sysid)?.mesh.session?.member);
      voice.distort((bundle) => {
        for (const envelope of splitBundle(bundle) ?? []) {
          this.#said.push({ by: sysid, atMs: this.episode.nowMs, name: nameOf(envelope) });
        }
        return bundle;
      });
    }
  }

  /** Share of what these drones said to each other from `fromMs` on, until two seconds ago, that was taken in. */
  delivered(members: readonly number[], fromMs: number): number {
    const heard = new Set(
      this.admitted.map(({ sysid, envelope }) => `${sysid} ${nameOf(envelope)}`),
    );
    const untilMs = this.episode.nowMs - 2000;
    let sent = 0;
    let arrived = 0;
    for (const { by, atMs, name } of this.#said) {
      if (atMs < fromMs || atMs > untilMs || !members.includes(by)) continue;
      for (const to of members) {
        if (to === by) continue;
        sent += 1;
        if (heard.has(`${to} ${name}`)) arrived += 1;
      }
    }
    return arrived / sent;
  }

  get episode(): Episode {
    return this.judged.episode;
  }

  until(ms: number): Promise<void> {
    return this.episode.run(ms);
  }

  /** What of the attackers' forgeries any honest drone took in. */
  get forgeries(): Admitted[] {
    const { attacks } = this.episode;
    return this.admitted.filter(
      ({ sysid, envelope }) => !attacks.insiders.has(sysid) && attacks.isForged(envelope),
    );
  }

  /** Invariants broken by honest drones. */
  get broken(): string[] {
    const { insiders } = this.episode.attacks;
    const honest = this.judged.checker.violations.filter(
      ({ drones }) => !drones.some((one) => insiders.has(one)),
    );
    return [...new Set(honest.map(({ invariant, detail }) => `${invariant} ${detail}`))];
  }

  session(sysid: number): MeshSession {
    return this.episode.drone(sysid)!.mesh.session!;
  }
}
