import { describe, expect, it } from 'vitest';

import type { Context } from '#coordinator/commands/context.ts';
import { runDirective } from '#coordinator/commands/directive.ts';
import type { DroneView, SwarmView } from '#coordinator/station/view.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { fabricatedView, irchel } from '../../page/fabricated-swarm.ts';
import { testContext } from '../run-skein.ts';

const mission = irchel();

/** A station over which three drones answer as a test wants; remembers what it was asked to send. */
class ScriptedStation {
  readonly sent: unknown[] = [];
  #looks = 0;
  readonly #drones: (look: number, sent: boolean) => Partial<DroneView>[];

  constructor(drones: (look: number, sent: boolean) => Partial<DroneView>[]) {
    this.#drones = drones;
  }

  client(): Context['station'] {
    return {
      call: (method, path, body) => {
        if (method === 'POST') {
          this.sent.push(path === '/directive' ? body : path);
          return Promise.resolve({ issuer: 1000, number: 7 });
        }
        this.#looks += 1;
        return Promise.resolve(this.#view());
      },
    };
  }

  #view(): SwarmView {
    const view = fabricatedView(mission);
    const told = this.#drones(this.#looks, this.sent.length > 0);
    return {
      ...view,
      drones: told.map((some, index) => ({
        ...view.drones[index]!,
        ageS: 0.2,
        directive: null,
        ...some,
      })),
    };
  }
}

const faultOf = async (promise: Promise<unknown>): Promise<Fault> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error('no fault was thrown', { cause: error });
};

const OBEYED = { directive: [1000, 7] as const };

describe('a directive from the command line', () => {
  it('waits until every addressed drone has obeyed, and says who did', async () => {
    const station = new ScriptedStation((look, sent) => [
      sent ? OBEYED : {},
      look > 3 ? { ...OBEYED, phase: 'returning', mode: 'AUTO_RTL' } : {},
    ]);
    const { context, said } = testContext(station.client(), true);
    const code = await runDirective(context, 'rtl', [], { all: true, timeoutS: 5 });
    expect(code).toBe(EXIT.ok);
    expect(station.sent).toEqual([{ kind: 'rtl', targets: [], confirmed: false, takeOver: false }]);
    const answered = JSON.parse(said.stdout) as { answers: Record<string, unknown>[] };
    expect(answered.answers.map((one) => [one['sysid'], one['answer']])).toEqual([
      [1, 'obeyed'],
      [2, 'obeyed'],
    ]);
    expect(answered.answers[1]).toMatchObject({ phase: 'returning', mode: 'AUTO_RTL' });
  });

  it('addresses only those named', async () => {
    const station = new ScriptedStation((_look, sent) => [{}, sent ? OBEYED : {}]);
    const { context, said } = testContext(station.client(), true);
    expect(await runDirective(context, 'hold', [2], { timeoutS: 5 })).toBe(EXIT.ok);
    expect(station.sent).toEqual([
      { kind: 'hold', targets: [2], confirmed: false, takeOver: false },
    ]);
    expect((JSON.parse(said.stdout) as { answers: unknown[] }).answers).toHaveLength(1);
  });

  it('takes a later directive of the same issuer as obeyed, not one of another', async () => {
    const station = new ScriptedStation((_look, sent) =>
      sent ? [{ directive: [1000, 9] }, { directive: [999, 9] }] : [{}, {}],
    );
    const { context, said } = testContext(station.client(), true);
    expect(await runDirective(context, 'land', [], { all: true, timeoutS: 0 })).toBe(EXIT.partial);
    const { answers } = JSON.parse(said.stdout) as { answers: { answer: string }[] };
    expect(answers.map((one) => one.answer)).toEqual(['obeyed', 'no answer']);
  });

  it('exits 4 when some did not answer, and tells silent drones from stubborn ones', async () => {
    const station = new ScriptedStation((_look, sent) => [
      sent ? OBEYED : {},
      {},
      { ageS: 30 },
      { ageS: null },
    ]);
    const { context, said } = testContext(station.client());
    expect(await runDirective(context, 'abort', [], { all: true, timeoutS: 0 })).toBe(EXIT.partial);
    expect(said.stdout).toMatch(/1 alder +obeyed .* \d+ ms/u);
    expect(said.stdout).toMatch(/2 birch +no answer/u);
    expect(said.stdout).toMatch(/3 cedar +silent/u);
    expect(said.stdout).toMatch(/4 dogwood +silent/u);
  });

  it('refuses kill without its second confirmation before anything is sent', async () => {
    const station = new ScriptedStation(() => [{}]);
    const { context } = testContext(station.client());
    const fault = await faultOf(runDirective(context, 'kill', [], { all: true, timeoutS: 1 }));
    expect(fault).toMatchObject({ code: 'kill-unconfirmed', exit: 'refused' });
    expect(fault.message).toContain('--confirm-kill');
    expect(fault.remedy).toContain('skein abort');
    expect(station.sent).toEqual([]);
  });

  it('sends a confirmed kill as confirmed', async () => {
    const station = new ScriptedStation((_look, sent) => [sent ? OBEYED : {}]);
    const { context } = testContext(station.client());
    const options = { timeoutS: 1, confirmed: true };
    expect(await runDirective(context, 'kill', [1], options)).toBe(EXIT.ok);
    expect(station.sent).toEqual([
      { kind: 'kill', targets: [1], confirmed: true, takeOver: false },
    ]);
  });

  it('wants to know for whom', async () => {
    const station = new ScriptedStation(() => [{}]);
    const { context } = testContext(station.client());
    const fault = await faultOf(runDirective(context, 'hold', [], { timeoutS: 1 }));
    expect(fault).toMatchObject({ code: 'usage', exit: 'usage' });
    expect(fault.remedy).toContain('skein hold --all');
    expect(station.sent).toEqual([]);
  });

  it('names drones that the roster does not have, and those that it has', async () => {
    const station = new ScriptedStation(() => [{}, {}]);
    const { context } = testContext(station.client());
    const fault = await faultOf(runDirective(context, 'hold', [2, 9], { timeoutS: 1 }));
    expect(fault).toMatchObject({ code: 'unknown-drone', exit: 'usage', data: { sysids: '9' } });
    expect(fault.remedy).toBe('The roster has 1, 2.');
    expect(station.sent).toEqual([]);
  });

  it('exits 5 when the station hears nobody', async () => {
    const station = new ScriptedStation(() => [{ ageS: null }, { ageS: null }]);
    const { context } = testContext(station.client());
    const fault = await faultOf(runDirective(context, 'abort', [], { all: true, timeoutS: 1 }));
    expect(fault).toMatchObject({ code: 'no-drones', exit: 'noLink' });
    expect(station.sent).toEqual([]);
  });
});
