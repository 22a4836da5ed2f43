import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { verdict } from '#agent/mind/belief/posterior.ts';
import { searchGrid, cellKey } from '#agent/mind/mission/grid.ts';
import { Fault } from '#protocols/fault.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { readFlight } from '#protocols/log/reader.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import type { Scenario } from '#sim/scenario.ts';
import type { DroneLayout, SwarmLayout } from '#sim/swarm/layout.ts';
import type { Drill } from '#sim/swarm/drill.ts';
import type { TruthSummary } from '#sim/truth.ts';
import { auditDirectories, type Audit as RunAudit, type FlightAudit } from '../audit/audit.ts';
import type { MemberUsage } from '../commands/usage-meter.ts';
import type { SwarmView } from '../station/view.ts';
import { crashesOf } from './crashes.ts';
import { findProbability, findsAtMost } from './expected-findings.ts';
import { emptyPlanStatistics, type PlanStatistics, readPlan } from './plan-statistics.ts';
import { shortfallsOf } from './shortfalls.ts';
import type { DroneSummary, Summary } from './summary.ts';

interface Run {
  mission: Mission;
  seed: number;
  wallS: number;
  usage: MemberUsage[];
  drills: readonly Drill[];
}

/** Reads what a run left in its directory, sums it up, and leaves `summary.json` beside it. */
export const collectSummary = async (
  layout: SwarmLayout,
  view: SwarmView,
  run: Run,
): Promise<Summary> => {
  const truth = JSON.parse(readFileSync(layout.truthFile, 'utf8')) as TruthSummary;
  const scenario = JSON.parse(readFileSync(layout.scenarioFile, 'utf8')) as Scenario;
  const audit = await auditOf(layout);
  const drones: DroneSummary[] = [];
  const all = emptyPlanStatistics();
  for (const drone of layout.drones) {
    const flights = audit?.flights.filter(({ directory }) => directory.startsWith(`${drone.dir}/`));
    drones.push(await droneSummary(drone, flights ?? [], truth, view, run, all));
  }
  const found = findingsAgainstTruth(run.mission, scenario, view);
  const summary: Summary = {
    format: 1,
    mission: run.mission.name,
    seed: run.seed,
    startedUnixMs: view.unixMs - (view.mission?.elapsedS ?? 0) * 1000,
    success: false,
    shortfalls: [],
    missionS: view.mission?.elapsedS ?? null,
    wallS: run.wallS,
    searchedFraction: view.mission?.searchedFraction ?? 0,
    searchedFractionNeeded: run.mission.search?.searchedFraction ?? 0,
    ...leftOpen(run.mission, view),
    ...found,
    crashes: crashesOf(truth, run.drills),
    leastSeparationM: truth.leastSeparation?.metres ?? null,
    minSeparationM: run.mission.minSeparationM,
    fenceMarginM: truth.leastFenceMargin?.metres ?? null,
    planP50Ms: all.percentileMs(0.5),
    planP99Ms: all.percentileMs(0.99),
    disagreementTrips: drones.reduce((sum, drone) => sum + drone.disagreementTrips, 0),
    modelShare: all.modelShare(),
    maxSetpointGapMs: greatest(truth.vehicles.map((one) => one.greatestSetpointGapMs)),
    slippedS: truth.slippedMs / 1000,
    audit: worst([audit?.status ?? 'missing', ...drones.map((drone) => drone.audit)]),
    drones,
  };
  summary.shortfalls = shortfallsOf(summary, truth);
  summary.success = summary.shortfalls.length === 0;
  writeFileSync(join(layout.runDir, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
};

/** Every byte of every flight, held against the heads that the drones signed; undefined without any. */
const auditOf = async (layout: SwarmLayout): Promise<RunAudit | undefined> => {
  try {
    return await auditDirectories([layout.runDir]);
  } catch (error) {
    if (error instanceof Fault && error.code === 'log-not-found') return undefined;
    throw error;
  }
};

const droneSummary = async (
  drone: DroneLayout,
  flights: FlightAudit[],
  truth: TruthSummary,
  view: SwarmView,
  run: Run,
  all: PlanStatistics,
): Promise<DroneSummary> => {
  const vehicle = truth.vehicles.find((one) => one.sysid === drone.sysid);
  const usage = run.usage.find((one) => one.sysid === drone.sysid);
  const { own, bytesOut } = await readRecord(flights, all);
  const audits = flights.map(({ status }) => status);
  const armedS = ((vehicle?.disarmedAtMs ?? 0) - (vehicle?.armedAtMs ?? 0)) / 1000;
  const airborneS = ((vehicle?.landedAtMs ?? 0) - (vehicle?.takeoffAtMs ?? 0)) / 1000;
  return {
    sysid: drone.sysid,
    name: drone.name,
    landed: vehicle?.landedAtMs != null,
    disarmed: vehicle?.disarmedAtMs != null,
    airborneS: airborneS > 0 ? airborneS : null,
    flownM: vehicle?.flownM ?? null,
    touchdownMps: vehicle?.touchdownSpeedMps ?? null,
    batteryPercent: vehicle?.batteryRemaining == null ? null : vehicle.batteryRemaining * 100,
    bytesPerSecond: armedS > 0 && bytesOut > 0 ? bytesOut / armedS : null,
    cpuCores: usage?.cpuCores ?? null,
    residentMb: usage?.residentMb ?? null,
    plans: own.plans,
    planP50Ms: own.percentileMs(0.5),
    planP99Ms: own.percentileMs(0.99),
    modelShare: own.modelShare(),
    disagreementTrips: own.trips,
    maxSetpointGapMs: vehicle?.greatestSetpointGapMs ?? null,
    audit: audits.length === 0 ? 'missing' : worst(audits),
    records: flights.reduce((sum, flight) => sum + flight.records, 0),
    endedBy: view.drones.find((one) => one.sysid === drone.sysid)?.reason ?? '',
  };
};

/** Null when none of them is known. */
const greatest = (gaps: (number | null)[]): number | null => {
  const known = gaps.filter((gap) => gap !== null);
  return known.length === 0 ? null : Math.max(...known);
};

type Audit = DroneSummary['audit'];

const SEVERITY: readonly Audit[] = ['verified', 'truncated', 'missing', 'failed'];

const worst = (audits: Audit[]): Audit =>
  audits.reduce((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), 'verified');

const readRecord = async (
  flights: FlightAudit[],
  all: PlanStatistics,
): Promise<{ own: PlanStatistics; bytesOut: number }> => {
  const own = emptyPlanStatistics();
  let bytesOut = 0;
  for (const { directory } of flights) {
    for await (const record of readFlight(openDisk(directory))) {
      if (record.channel === 'mesh/out') bytesOut += record.payload.length;
      if (record.channel !== 'mind/plan') continue;
      const plan = readPlan(record.payload);
      if (plan === undefined) continue;
      own.add(plan);
      all.add(plan);
    }
  }
  return { own, bytesOut };
};

const leftOpen = (
  { search }: Mission,
  { cells }: SwarmView,
): Pick<Summary, 'cellsUnseen' | 'cellsSuspicious'> => {
  const verdicts =
    search === undefined ? [] : cells.map((one) => verdict(search, cells.length, one));
  return {
    cellsUnseen: verdicts.filter((one) => one === 'unseen').length,
    cellsSuspicious: verdicts.filter((one) => one === 'suspicious').length,
  };
};

const findingsAgainstTruth = (
  mission: Mission,
  scenario: Scenario,
  view: SwarmView,
): Pick<
  Summary,
  'targetsFound' | 'targetsExpected' | 'targetsHidden' | 'targetsLuck' | 'falseFindings'
> => {
  const { search } = mission;
  if (search === undefined) {
    const unknown = { targetsExpected: null, targetsHidden: null, targetsLuck: null };
    return { targetsFound: 0, ...unknown, falseFindings: null };
  }
  const grid = searchGrid(mission);
  const cellOf = (metres: number): number => Math.floor(metres / search.cellM);
  const hidden = new Set(
    scenario.targets
      .map((target) => cellKey(cellOf(target.northM), cellOf(target.eastM)))
      .filter((key) => grid.keys.has(key)),
  );
  const found = new Set(view.findings.map((one) => cellKey(one.row, one.column)));
  const right = [...found].filter((key) => hidden.has(key)).length;
  const chance = findProbability(search, grid.cells.length);
  return {
    targetsFound: right,
    targetsExpected: hidden.size * chance,
    targetsHidden: hidden.size,
    targetsLuck: findsAtMost(right, hidden.size, chance),
    falseFindings: found.size - right,
  };
};
