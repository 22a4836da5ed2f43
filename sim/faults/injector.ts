import type { Episode } from '../episode/episode.ts';
import { endOf, type Fault } from './fault.ts';

/** Brings a list of faults over an episode, each at its time, and takes back those that end. */
export class Injector {
  readonly #episode: Episode;
  readonly #due: { atMs: number; run(): void }[];

  constructor(episode: Episode, faults: readonly Fault[]) {
    this.#episode = episode;
    this.#due = faults.flatMap((fault, index) => {
      const begin = { atMs: fault.atMs, run: () => this.#begin(fault, `${index}`) };
      if (!('forMs' in fault)) return [begin];
      return [begin, { atMs: endOf(fault), run: () => this.#end(fault, `${index}`) }];
    });
    // Stable: of the same moment, in the order of the list.
    this.#due.sort((a, b) => a.atMs - b.atMs);
  }

  /** Before each step of the episode. */
  step(nowMs: number): void {
    while (this.#due.length > 0 && this.#due[0]!.atMs <= nowMs) this.#due.shift()!.run();
  }

  #begin(fault: Fault, name: string): void {
    const { field } = this.#episode;
    const drone = 'sysid' in fault ? this.#episode.drone(fault.sysid) : undefined;
    switch (fault.kind) {
      case 'kill':
        if (drone?.isRunning(fault.process) === true) drone.kill(fault.process);
        break;
      case 'lost-companion':
        drone?.kill();
        break;
      case 'stall':
        drone?.stallPlanner(fault.byMs);
        break;
      case 'camera':
        drone?.loseCamera();
        break;
      case 'clock':
        drone?.clock.shiftWallClock(fault.byMs);
        break;
      case 'partition':
        eachAcross(fault.groups, (from, to) => field.cut(from, to, name));
        break;
      case 'deaf':
        field.cut(fault.from, fault.to, name);
        break;
      case 'fade':
        field.worsen(fault.a, fault.b, name, fault.profile);
        field.worsen(fault.b, fault.a, name, fault.profile);
        break;
      case 'jammer':
        field.jam(name, fault);
        break;
      default:
        this.#harm(fault);
    }
  }

  #harm(fault: Fault & { kind: 'gnss' | 'battery' | 'reboot' | 'estimator' }): void {
    const vehicle = this.#episode.vehicle(fault.sysid);
    if (fault.kind === 'gnss') vehicle?.injure({ kind: 'gnss', works: false });
    else if (fault.kind === 'battery') {
      // A pack never gains charge by a fault.
      const remaining = Math.min(vehicle?.battery.remaining() ?? 1, fault.remaining);
      vehicle?.injure({ kind: 'battery', remaining });
    } else if (fault.kind === 'reboot') vehicle?.injure({ kind: 'reboot' });
    else {
      const { northM, eastM, downM } = fault;
      vehicle?.injure({
        kind: 'estimateReset',
        northM,
        eastM,
        downM,
        yawDeg: 0,
        origin: 'moves',
      });
    }
  }

  #end(fault: Fault, name: string): void {
    const { field } = this.#episode;
    switch (fault.kind) {
      case 'stall':
        this.#episode.drone(fault.sysid)?.stallPlanner(0);
        break;
      case 'gnss':
        this.#episode.vehicle(fault.sysid)?.injure({ kind: 'gnss', works: true });
        break;
      case 'partition':
        eachAcross(fault.groups, (from, to) => field.heal(from, to, name));
        break;
      case 'deaf':
        field.heal(fault.from, fault.to, name);
        break;
      case 'fade':
        field.worsen(fault.a, fault.b, name, undefined);
        field.worsen(fault.b, fault.a, name, undefined);
        break;
      case 'jammer':
        field.unjam(name);
        break;
      default:
    }
  }
}

/** Every ordered pair of members of different groups. */
const eachAcross = (
  groups: readonly (readonly number[])[],
  visit: (from: number, to: number) => void,
): void => {
  for (const [index, group] of groups.entries()) {
    for (const other of groups.slice(index + 1).flat()) {
      for (const member of group) {
        visit(member, other);
        visit(other, member);
      }
    }
  }
};
