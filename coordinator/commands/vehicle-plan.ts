import { HomePosition } from 'mavlink-mappings/dist/lib/common.js';

import { EXIT, Fault } from '#protocols/fault.ts';
import {
  fenceItems,
  fenceOfItems,
  rallyItems,
  rallyOfItems,
  type Geofence,
} from '#protocols/mavlink/geofence.ts';
import { itemDifferences, type ItemDifference } from '#protocols/mavlink/mission-compare.ts';
import { PLAN_PARTS, type MissionItem, type PlanPart } from '#protocols/mavlink/mission-item.ts';
import type { Plan } from '#protocols/mavlink/plan-file/plan.ts';
import { readPlanFile } from '#protocols/mavlink/plan-file/read.ts';
import { planFileText } from '#protocols/mavlink/plan-file/write.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import type { Context } from './context.ts';
import { readTextFile, writeTextFile } from './text-file.ts';
import { withProgress } from './vehicle-progress.ts';

const itemsOf = (plan: Plan, part: PlanPart): readonly MissionItem[] => {
  if (part === 'mission') return plan.mission;
  return part === 'fence' ? fenceItems(plan.fence) : rallyItems(plan.rally);
};

const showing = <T>(session: VehicleSession, work: Promise<T>): Promise<T> =>
  withProgress(() => {
    const progress = session.transferProgress;
    return progress && `${progress.part} ${progress.done} of ${progress.count || '?'}`;
  }, work);

const differencesFrom = async (
  session: VehicleSession,
  plan: Plan,
  parts: readonly PlanPart[],
): Promise<ItemDifference[]> => {
  const differences: ItemDifference[] = [];
  for (const part of parts) {
    const held = await showing(session, session.download(part));
    differences.push(...itemDifferences(part, itemsOf(plan, part), held));
  }
  return differences;
};

const differenceTable = (context: Context, differences: readonly ItemDifference[]): string =>
  context.output.table(
    ['part', 'item', 'field', 'plan', 'vehicle'],
    differences.map(({ part, seq, field, wanted, held }) => [
      part,
      String(seq),
      field,
      String(wanted ?? '–'),
      String(held ?? '–'),
    ]),
  );

/** A `.plan` file that the operator named. */
export const loadPlan = async (file: string): Promise<Plan> =>
  readPlanFile(await readTextFile(file), file);

/** Uploads the parts named, reads them back and compares. Throws `plan-differs` when PX4 kept something else; exit partial when PX4 complains. */
export const runPlanUpload = async (
  context: Context,
  session: VehicleSession,
  { plan, file }: { plan: Plan; file: string },
  parts: readonly PlanPart[],
): Promise<number> => {
  const remarks: string[] = [];
  for (const part of parts) {
    remarks.push(...(await showing(session, session.upload(part, itemsOf(plan, part)))));
  }
  const differences = await differencesFrom(session, plan, parts);
  if (differences.length > 0) {
    const [first] = differences;
    throw new Fault(
      'plan-differs',
      `the vehicle holds another ${first!.part} than ${file}: item ${first!.seq}, ${first!.field}`,
      {
        data: { file, part: first!.part, seq: first!.seq, field: first!.field },
        remedy: `See all differences with "skein vehicle plan compare ${file}".`,
      },
    );
  }
  const counts = Object.fromEntries(parts.map((part) => [part, itemsOf(plan, part).length]));
  context.output.data({ file, uploaded: counts, remarks }, () =>
    parts
      .map((part) => `${part}: ${counts[part]} items uploaded and read back`)
      .concat(remarks.map((remark) => `the vehicle says: ${remark}`))
      .join('\n'),
  );
  // It has the plan, and will not fly it.
  return remarks.length === 0 ? EXIT.ok : EXIT.partial;
};

/** Exit failed when vehicle and file differ. */
export const runPlanCompare = async (
  context: Context,
  session: VehicleSession,
  { plan, file }: { plan: Plan; file: string },
  parts: readonly PlanPart[],
): Promise<number> => {
  const differences = await differencesFrom(session, plan, parts);
  context.output.data({ file, differences }, () =>
    differences.length === 0 ? 'the same' : differenceTable(context, differences),
  );
  return differences.length === 0 ? EXIT.ok : EXIT.failed;
};

export const runPlanDownload = async (
  context: Context,
  session: VehicleSession,
  file: string,
  { replace }: { replace: boolean },
): Promise<number> => {
  const mission = await showing(session, session.download('mission'));
  const fence = await fenceIn(session);
  const rally = rallyOfItems(await showing(session, session.download('rally')));
  const home = session.latest(HomePosition)?.message ?? (await session.request(HomePosition));
  const [first] = mission;
  const plan: Plan = {
    mission,
    fence,
    rally,
    plannedHome: {
      latDeg: (home?.latitude ?? first?.x ?? 0) / 1e7,
      lonDeg: (home?.longitude ?? first?.y ?? 0) / 1e7,
      altM: (home?.altitude ?? 0) / 1000,
    },
    hoverSpeedMps: 5,
    cruiseSpeedMps: 15,
  };
  await writeTextFile(file, planFileText(plan), { replace });
  const counts = {
    mission: mission.length,
    fence: fence.polygons.length + fence.circles.length,
    rally: rally.length,
  };
  context.output.data({ file, ...counts }, () => {
    const { mission: items, fence: fences } = counts;
    return `${file}: ${items} items, ${fences} fences, ${counts.rally} rally points`;
  });
  return EXIT.ok;
};

const fenceIn = async (session: VehicleSession): Promise<Geofence> => {
  const fence = fenceOfItems(await showing(session, session.download('fence')));
  if (typeof fence !== 'string') return fence;
  throw new Fault('fence-broken', `the vehicle's fence makes no sense: ${fence}`, {
    remedy: 'Upload a whole fence, or clear it: "skein vehicle plan clear --part fence".',
  });
};

export const runPlanClear = async (
  context: Context,
  session: VehicleSession,
  parts: readonly PlanPart[],
): Promise<number> => {
  for (const part of parts) await session.upload(part, []);
  context.output.data({ cleared: parts }, () => `cleared: ${parts.join(', ')}`);
  return EXIT.ok;
};

/** `mission,fence` as parts. Throws the Fault `usage`. */
export const planPartsOf = (text: string | undefined): readonly PlanPart[] => {
  if (text === undefined) return PLAN_PARTS;
  return text.split(',').map((name) => {
    const part = PLAN_PARTS.find((one) => one === name.trim());
    if (part !== undefined) return part;
    throw new Fault('usage', `--part ${name} is no part of a plan`, {
      exit: 'usage',
      data: { part: name },
      remedy: 'Write mission, fence or rally, or several with commas.',
    });
  });
};
