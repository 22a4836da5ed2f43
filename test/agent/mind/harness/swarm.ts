import type { Directive } from '#protocols/gossip/directive.ts';
import type { Finding } from '#protocols/gossip/finding.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import type { TaskReport } from '#protocols/gossip/task-report.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { horizontalDistance, vector3 } from '#protocols/vector.ts';
import { decodeInbox } from '#agent/mind/record/inbox.ts';
import { encodeOutbox, outboxFrames } from '#agent/mind/record/outbox.ts';
import { searchGrid, cellKey } from '#agent/mind/mission/grid.ts';
import type { PlanAnswer, PlanRequest } from '#agent/mind/plan-port.ts';
import {
  createMind,
  emptyInbox,
  type Mind,
  type MindNote,
  type MindOptions,
  type MindOutbox,
} from '#agent/mind/state.ts';
import type { DurableState } from '#agent/mind/durable.ts';
import { mindTick } from '#agent/mind/tick.ts';
import { Bus } from './bus.ts';
import { inboxBytes } from './inbox-bytes.ts';
import { FakeCamera } from './camera.ts';
import { FakeDrone, straightPlan } from './drone.ts';
import { STATION } from './missions.ts';

const STEP_MS = 50;
const STATUS_MS = 100;
/** Where a machine's monotonic clock stands when the story begins. */
const START_MS = 50_000;

export interface TickBytes {
  nowMs: number;
  inbox: Uint8Array;
  outbox: Uint8Array;
}

export interface Member {
  sysid: number;
  drone: FakeDrone;
  camera: FakeCamera;
  mind: Mind;
  options: MindOptions;
  /** False: the process is dead; the drone holds. */
  alive: boolean;
  durable: DurableState | null;
  answer: { dueMs: number; answer: PlanAnswer } | null;
  note: MindNote | undefined;
  log: TickBytes[];
}

export interface SwarmOptions {
  seed: number;
  drones: number;
  loss: number;
  goal: Goal;
  targets: number;
  /** ms that the planner takes; Infinity = never answers. */
  planMs?: number;
  tripped?: boolean;
  record?: boolean;
}

/** Minds, fake drones and a lossy bus on one simulated clock: the whole coordination without a process. */
export class Swarm {
  readonly members: Member[];
  readonly bus: Bus;
  readonly random: Random;
  readonly reports: TaskReport[] = [];
  readonly findings: Finding[] = [];
  readonly flags = new Map<string, number>();
  readonly targets: Set<number>;
  /** Members that nobody hears and that hear nobody. */
  readonly silent = new Set<number>();
  cut: ((from: number, to: number) => boolean) | undefined;
  nowMs = START_MS;
  minSeparationM = Infinity;
  readonly #options: SwarmOptions;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.random = seededRandom(options.seed);
    const { mission } = options.goal;
    const { cells } = searchGrid(mission);
    const place = this.random.fork('targets');
    this.targets = new Set();
    while (this.targets.size < options.targets) {
      const cell = cells[Math.floor(place.uniform() * cells.length)]!;
      this.targets.add(cellKey(cell.row, cell.column));
    }
    this.bus = new Bus({
      random: this.random.fork('bus'),
      loss: options.loss,
      passes: (from, to) =>
        !this.silent.has(from) && !this.silent.has(to) && this.cut?.(from, to) !== true,
    });
    this.bus.join(STATION);
    this.members = Array.from({ length: options.drones }, (_, index) => this.#member(index + 1));
  }

  #member(sysid: number): Member {
    const { drones, goal, seed } = this.#options;
    const home = vector3(0, (sysid - 1 - (drones - 1) / 2) * 10, 0);
    const options = { sysid, seed: seed + sysid, hasPayload: true, restored: null };
    this.bus.join(sysid);
    const random = this.random.fork(`camera-${sysid}`);
    const { search, heightM } = goal.mission;
    return {
      sysid,
      drone: new FakeDrone(sysid, home),
      camera: new FakeCamera(search!, this.targets, heightM, random),
      mind: createMind(options, straightPlan),
      options,
      alive: true,
      durable: null,
      answer: null,
      note: undefined,
      log: [],
    };
  }

  member(sysid: number): Member {
    return this.members[sysid - 1]!;
  }

  sendGoal(goal: Goal = this.#options.goal): void {
    this.bus.publish(STATION, { topic: 'goal', payload: goal }, this.nowMs);
  }

  sendDirective(directive: Directive): void {
    this.bus.publish(STATION, { topic: 'directive', payload: directive }, this.nowMs);
  }

  /** The mind's process dies; what it had on disk stays. */
  killMind(sysid: number): void {
    this.member(sysid).alive = false;
  }

  restartMind(sysid: number): void {
    const member = this.member(sysid);
    member.options = { ...member.options, restored: member.durable };
    member.mind = createMind(member.options, straightPlan);
    member.alive = true;
    member.answer = null;
    this.bus.forget(sysid);
  }

  /** Runs until `done` or for `maxS` seconds; returns the seconds it took. */
  run(maxS: number, done: () => boolean = () => false): number {
    const beginMs = this.nowMs;
    while (this.nowMs - beginMs < 1000 * maxS && !done()) this.#step();
    return (this.nowMs - beginMs) / 1000;
  }

  #step(): void {
    this.nowMs += STEP_MS;
    if (this.nowMs % 1000 === 0) this.bus.repair(this.nowMs);
    for (const member of this.members) this.#stepMember(member);
    this.#measureSeparation();
  }

  #stepMember(member: Member): void {
    const { drone, camera, sysid } = member;
    drone.step(this.nowMs, STEP_MS);
    const looks = drone.airborne ? camera.see(drone.position) : [];
    const isStatus = (this.nowMs + sysid * STEP_MS) % STATUS_MS === 0;
    const { answer } = member;
    const isAnswer = answer !== null && answer.dueMs <= this.nowMs;
    if (!member.alive) return;
    if (!isStatus && !isAnswer && looks.length === 0) return;
    const inbox = emptyInbox();
    if (isStatus) inbox.status = drone.status(this.nowMs);
    inbox.received = this.bus.take(sysid, this.nowMs);
    inbox.looks = looks;
    inbox.payloadAlive = camera.working;
    if (isAnswer) {
      inbox.answer = answer.answer;
      member.answer = null;
    }
    const record = this.#options.record === true;
    const bytes = record ? inboxBytes(inbox) : undefined;
    const heard = bytes === undefined ? inbox : decodeInbox(bytes);
    const outbox = mindTick(member.mind, heard, this.nowMs);
    if (bytes !== undefined) {
      const frames = outboxFrames(outbox);
      const recorded = encodeOutbox(outbox, frames, heard.answer);
      member.log.push({ nowMs: this.nowMs, inbox: bytes, outbox: recorded });
    }
    this.#act(member, outbox);
  }

  #act(member: Member, outbox: MindOutbox): void {
    const { drone, sysid } = member;
    member.note = outbox.note;
    member.durable = outbox.durable ?? member.durable;
    if (outbox.order !== null) drone.order(outbox.order);
    if (outbox.trajectory !== null) drone.follow(outbox.trajectory);
    if (outbox.planRequest !== null) this.#plan(member, outbox.planRequest);
    const { flag } = outbox.note;
    this.flags.set(flag, (this.flags.get(flag) ?? 0) + 1);
    for (const message of outbox.publish) {
      if (message.topic === 'taskReport') this.reports.push(message.payload);
      if (message.topic === 'finding') this.findings.push(message.payload);
      this.bus.publish(sysid, message, this.nowMs);
    }
  }

  #plan(member: Member, request: PlanRequest): void {
    const planMs = this.#options.planMs ?? 40;
    if (planMs === Infinity) return;
    const answer: PlanAnswer = {
      requestId: request.requestId,
      trajectory: { ...straightPlan(request), source: 'model' },
      model: 'straight@1',
      disagreement: 0,
      threshold: 1,
      tripped: this.#options.tripped ?? false,
      reason: '',
      bestCost: 0,
      rejected: [],
      digest: '',
      planMs,
    };
    member.answer = { dueMs: this.nowMs + planMs, answer };
  }

  #measureSeparation(): void {
    const flying = this.members.filter((one) => one.drone.airborne);
    for (const [index, one] of flying.entries()) {
      for (const other of flying.slice(index + 1)) {
        const a = one.drone.position;
        const b = other.drone.position;
        const gapM = Math.max(horizontalDistance(a, b), Math.abs(a.z - b.z));
        this.minSeparationM = Math.min(this.minSeparationM, gapM);
      }
    }
  }

  get allLanded(): boolean {
    return this.members.every((one) => one.drone.phase === 'landed');
  }

  /** The last word on every task, as one member knows it. */
  done(sysid: number): string[] {
    return [...this.member(sysid).mind.book.values()]
      .filter((claim) => claim.state === 'done')
      .map((claim) => claim.task)
      .sort();
  }
}
