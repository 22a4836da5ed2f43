import { EXIT, Fault } from '#protocols/fault.ts';
import type { ParameterOutcome } from '#protocols/mavlink/parameter-client.ts';
import type { Parameter, ParameterTable } from '#protocols/mavlink/parameter-value.ts';
import {
  parameterDifferences,
  paramsFileText,
  readParamsFile,
  valueText,
} from '#protocols/mavlink/params-file.ts';
import { softwareVersionOf } from '#protocols/mavlink/software-version.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import type { Context } from './context.ts';
import { readTextFile, writeTextFile } from './text-file.ts';
import { withProgress } from './vehicle-progress.ts';

const all = (session: VehicleSession): Promise<ParameterTable> =>
  withProgress(() => {
    const progress = session.listProgress;
    return progress && `parameters ${progress.received} of ${progress.count || '?'}`;
  }, session.allParameters());

const shown = (context: Context, parameters: readonly Parameter[]): void => {
  context.output.data(
    { parameters: parameters.map(({ name, type, value }) => ({ name, type, value })) },
    () =>
      context.output.table(
        ['name', 'type', 'value'],
        parameters.map(({ name, type, value }) => [name, type, valueText(type, value)]),
      ),
  );
};

/** All parameters, or those whose name begins with `prefix`. */
export const runParamList = async (
  context: Context,
  session: VehicleSession,
  prefix = '',
): Promise<number> => {
  const table = await all(session);
  shown(
    context,
    [...table.values()].filter(({ name }) => name.startsWith(prefix.toUpperCase())),
  );
  return EXIT.ok;
};

/** Exit partial when this PX4 lacks some of them. */
export const runParamGet = async (
  context: Context,
  session: VehicleSession,
  names: readonly string[],
): Promise<number> => {
  const found = await session.parametersNamed(names);
  shown(context, [...found.values()]);
  const missing = names.filter((name) => !found.has(name));
  if (missing.length === 0) return EXIT.ok;
  context.output.say(`missing in this version of PX4: ${missing.join(', ')}`);
  return found.size === 0 ? EXIT.failed : EXIT.partial;
};

/** Throws the Fault `parameter-not-set` (exit refused). */
export const runParamSet = async (
  context: Context,
  session: VehicleSession,
  name: string,
  valueAsWritten: string,
): Promise<number> => {
  const value = Number(valueAsWritten);
  if (valueAsWritten.trim() === '' || Number.isNaN(value)) {
    throw new Fault('usage', `"${valueAsWritten}" is no number`, {
      exit: 'usage',
      data: { name, value: valueAsWritten },
      remedy: `Write for example "skein vehicle param set ${name} 3".`,
    });
  }
  const outcome = await session.setParameter(name, value);
  const failure = failureOf(outcome);
  if (failure !== undefined) {
    throw new Fault('parameter-not-set', `${name} ${failure}`, {
      exit: 'refused',
      data: { name, value, result: outcome.result },
      remedy: `"skein vehicle param list --prefix ${name.split('_')[0]}" shows what the vehicle has.`,
    });
  }
  const before = outcome.result === 'set' ? outcome.before : value;
  context.output.data({ name, value, before, result: outcome.result }, () =>
    outcome.result === 'set' ? `${name} ${before} → ${value}` : `${name} was ${value} already`,
  );
  return EXIT.ok;
};

const failureOf = (outcome: ParameterOutcome): string | undefined => {
  switch (outcome.result) {
    case 'set':
    case 'unchanged':
      return undefined;
    case 'missing':
      return 'does not exist in this version of PX4';
    case 'unfit':
      return outcome.why;
    case 'refused':
      return `stays ${outcome.parameter.value}: the vehicle did not take the value`;
    default:
      return 'was not set';
  }
};

export const runParamSave = async (
  context: Context,
  session: VehicleSession,
  file: string,
  { replace }: { replace: boolean },
): Promise<number> => {
  const table = await all(session);
  const reported = await session.request(AutopilotVersion);
  const version = reported === undefined ? {} : { version: softwareVersionOf(reported).text };
  await writeTextFile(file, paramsFileText(table, session.vehicle, version), { replace });
  context.output.data(
    { file, parameters: table.size },
    () => `${table.size} parameters in ${file}`,
  );
  return EXIT.ok;
};

const differenceTable = (
  context: Context,
  differences: ReturnType<typeof parameterDifferences>,
): string =>
  differences.length === 0
    ? 'no difference'
    : context.output.table(
        ['name', 'vehicle', 'file'],
        differences.map(({ name, type, vehicle, file }) => [
          name,
          vehicle === undefined ? 'missing' : valueText(type, vehicle),
          valueText(type, file),
        ]),
      );

/** Exit failed when the vehicle differs from the file. */
export const runParamDiff = async (
  context: Context,
  session: VehicleSession,
  file: string,
): Promise<number> => {
  const wanted = readParamsFile(await readTextFile(file), file);
  const differences = parameterDifferences(wanted, await all(session));
  const rows = differences.map((one) => ({ ...one, vehicle: one.vehicle ?? null }));
  context.output.data({ file, differences: rows }, () => differenceTable(context, differences));
  return differences.length === 0 ? EXIT.ok : EXIT.failed;
};

/** Sets what differs, and reads it back. Exit partial when some could not be set. */
export const runParamLoad = async (
  context: Context,
  session: VehicleSession,
  file: string,
  { dryRun }: { dryRun: boolean },
): Promise<number> => {
  const wanted = readParamsFile(await readTextFile(file), file);
  const differences = parameterDifferences(wanted, await all(session));
  if (dryRun) {
    const rows = differences.map((one) => ({ ...one, vehicle: one.vehicle ?? null }));
    context.output.data({ file, wouldSet: rows }, () => differenceTable(context, differences));
    return EXIT.ok;
  }
  const outcomes = await Promise.all(
    differences.map(async ({ name, file: value }) => {
      const failure = failureOf(await session.setParameter(name, value));
      return { name, value, failure: failure ?? null };
    }),
  );
  const failures = outcomes.filter(({ failure }) => failure !== null);
  const set = outcomes.length - failures.length;
  context.output.data({ file, set, unchanged: wanted.size - outcomes.length, failures }, () =>
    [`${set} set, ${wanted.size - outcomes.length} were so already`]
      .concat(failures.map(({ name, failure }) => `${name} ${failure}`))
      .join('\n'),
  );
  return failures.length === 0 ? EXIT.ok : EXIT.partial;
};
