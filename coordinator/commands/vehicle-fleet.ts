import { EXIT, Fault } from '#protocols/fault.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { faultText } from '../output.ts';
import { wholeNumber, type Context } from './context.ts';
import { openFleetLink, sysidsOn } from './fleet-link.ts';
import { onOpenLink, withVehicle, type LinkFlags } from './vehicle-link.ts';

type VehicleAction = (context: Context, session: VehicleSession) => Promise<number>;

/** System ids as written for --sysid: `1`, `1,2,3`. Throws Fault 'usage'. */
const sysidsOf = (text: string | undefined): number[] =>
  text === undefined ? [] : text.split(',').map((one) => wholeNumber(one, '--sysid'));

/**
 * Does something with the vehicle of a link, or with those that --sysid or --all name. Of several, each
 * answers under its system id, in that order whoever was first, and one's fault does not keep the others:
 * exit partial when some failed. Throws the Faults of one vehicle, and `no-vehicle` when --all finds none.
 */
export const onVehicles = async (
  context: Context,
  flags: LinkFlags,
  action: VehicleAction,
): Promise<number> => {
  const named = sysidsOf(flags.sysid);
  if (flags.all !== true && named.length < 2) {
    return withVehicle(flags, (session) => action(context, session));
  }
  const address = parseConnectionString(flags.link, '--link');
  const fleet = await openFleetLink(address);
  try {
    const sysids =
      named.length > 0
        ? named
        : await sysidsOn(fleet, flags.link, wholeNumber(flags.timeout, '--timeout'));
    const one = async (sysid: number): Promise<Answer> => {
      const answer = new Answer(context, sysid);
      const open = await fleet.open(sysid);
      await answer.take(() =>
        onOpenLink({ open, address, sysid, shared: false }, flags, (session) =>
          action(answer.context, session),
        ),
      );
      return answer;
    };
    const answers = fleet.parallel ? await Promise.all(sysids.map(one)) : await inTurn(sysids, one);
    for (const answer of answers) answer.show();
    return exitOf(answers.map(({ exit }) => exit));
  } finally {
    await fleet.close();
  }
};

const inTurn = async <T>(sysids: readonly number[], act: (sysid: number) => Promise<T>) => {
  const results: T[] = [];
  for (const sysid of sysids) results.push(await act(sysid));
  return results;
};

const exitOf = (exits: readonly number[]): number => {
  const [first = EXIT.ok] = exits;
  return exits.every((exit) => exit === first) ? first : EXIT.partial;
};

/** What one vehicle of several has to say, kept until all are done. */
class Answer {
  readonly context: Context;
  exit: number = EXIT.ok;
  readonly #sysid: number;
  readonly #output: Context['output'];
  readonly #said: (() => void)[] = [];

  constructor(context: Context, sysid: number) {
    const { output } = context;
    this.#sysid = sysid;
    this.#output = output;
    const headed = (value: unknown): unknown => ({ sysid, ...(value as object) });
    this.context = {
      ...context,
      output: {
        ...output,
        data: (value, text) => {
          const shown = text();
          this.#said.push(() => output.data(headed(value), () => `vehicle ${sysid}\n${shown}`));
        },
        say: (text) => {
          this.#said.push(() => output.say(`vehicle ${sysid}: ${text}`));
        },
      },
    };
  }

  async take(act: () => Promise<number>): Promise<void> {
    try {
      this.exit = await act();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.exit = EXIT[error.exit];
      const { code, message, remedy = null } = error;
      const value = { sysid: this.#sysid, error: { code, message, remedy, exit: this.exit } };
      this.#said.push(() =>
        this.#output.data(
          value,
          () => `vehicle ${this.#sysid}\n${faultText(error, false).trimEnd()}`,
        ),
      );
    }
  }

  show(): void {
    for (const say of this.#said) say();
  }
}

const AUTOPILOTS: Readonly<Record<number, string>> = { 3: 'ArduPilot', 12: 'PX4' };

/** `skein vehicle list`: who is on a link. Exit noLink when nobody is. */
export const runVehicleList = async (
  context: Context,
  flags: Pick<LinkFlags, 'link' | 'timeout'>,
): Promise<number> => {
  const fleet = await openFleetLink(parseConnectionString(flags.link, '--link'));
  try {
    const found = await fleet.find(wholeNumber(flags.timeout, '--timeout') * 1000);
    const vehicles = found.map((one) => ({
      ...one,
      autopilot: AUTOPILOTS[one.autopilot] ?? `MAV_AUTOPILOT ${one.autopilot}`,
    }));
    context.output.data({ vehicles }, () =>
      vehicles.length === 0
        ? `nobody on ${flags.link}`
        : context.output.table(
            ['sysid', 'autopilot', 'mode', 'armed'],
            vehicles.map(({ sysid, autopilot, mode, armed }) => [
              `${sysid}`,
              autopilot,
              mode,
              armed ? 'armed' : 'disarmed',
            ]),
          ),
    );
    return vehicles.length === 0 ? EXIT.noLink : EXIT.ok;
  } finally {
    await fleet.close();
  }
};
