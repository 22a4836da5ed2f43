import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Attitude, SystemTime } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { MavLinkProtocolV1 } from 'node-mavlink';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { troubleText } from '#protocols/trouble.ts';
import { hasPty, Pty } from '../../ports/pty.ts';
import { freePort, PATIENCE_MS, phaseOf, PilotBench } from './pilot-process.ts';

/** What the operator is told, each on a real link to a real pilot process. */
let bench: PilotBench;
let sockets: Socket[] = [];
let timers: NodeJS.Timeout[] = [];

beforeEach(() => {
  bench = new PilotBench();
});

afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
  for (const socket of sockets.splice(0)) socket.close();
  bench.close();
});

/** Somebody with a socket of its own who sends to the pilot's port. */
const sender = (port: number): ((bytes: Uint8Array) => void) => {
  const socket = createSocket('udp4');
  sockets.push(socket);
  return (bytes) => socket.send(bytes, port, '127.0.0.1');
};

const every = (periodMs: number, act: () => void): void => {
  timers.push(setInterval(act, periodMs));
};

const beat = (autopilot: MavAutopilot): Heartbeat =>
  Object.assign(new Heartbeat(), { autopilot, type: 2, mavlinkVersion: 3, systemStatus: 3 });

const PX4 = beat(MavAutopilot.PX4);

interface Pilot {
  port: number;
  /** Codes of the troubles in its last status. */
  codes: () => string[];
  texts: () => string[];
  reason: () => string;
  phase: () => string;
}

const startPilot = async (query = ''): Promise<Pilot> => {
  const port = await freePort();
  bench.start({ link: `udpin://127.0.0.1:${port}${query}` });
  const statuses = bench.listen();
  const last = () => statuses.at(-1);
  return {
    port,
    codes: () => last()?.troubles.map(({ code }) => code) ?? [],
    texts: () => last()?.troubles.map(troubleText) ?? [],
    reason: () => last()?.reason ?? '',
    phase: () => phaseOf(last()),
  };
};

const soon = { timeout: PATIENCE_MS };

describe('the status names what is wrong with the link', () => {
  test(
    'nothing comes',
    async () => {
      const { codes, reason } = await startPilot();
      await expect.poll(codes, soon).toEqual(['link-silent']);
      expect(reason()).toBe('nothing comes from the flight controller');
    },
    PATIENCE_MS,
  );

  test.skipIf(!hasPty)(
    'a wrong baud rate',
    async () => {
      const pty = new Pty(() => {});
      await pty.plug();
      try {
        bench.start({ link: `serial://${pty.path}:921600` });
        const statuses = bench.listen();
        let state = 7;
        // What a UART makes of another rate: bytes, evenly spread.
        every(50, () =>
          pty.say(
            Uint8Array.from({ length: 64 }, () => {
              state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
              return state >>> 16;
            }),
          ),
        );
        const texts = (): string[] => statuses.at(-1)?.troubles.map(troubleText) ?? [];
        await expect
          .poll(texts, soon)
          .toEqual(['noise instead of MAVLink, baud rate wrong: 921600']);
        expect(phaseOf(statuses.at(-1))).toBe('boot');
      } finally {
        await pty.remove();
      }
    },
    PATIENCE_MS,
  );

  test(
    'a MAVLink 1 peer',
    async () => {
      const { port, codes, phase } = await startPilot();
      const send = sender(port);
      const old = new MavLinkProtocolV1(1, 1);
      let sequence = 0;
      every(100, () => send(old.serialize(PX4, (sequence += 1) & 0xff)));
      await expect.poll(codes, soon).toEqual(['mavlink1']);
      expect(phase()).toBe('boot');
    },
    PATIENCE_MS,
  );

  test(
    'an unknown dialect',
    async () => {
      // Nobody learns from it that its sender is the vehicle: the address must be written down.
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      sockets.push(socket);
      await once(socket, 'listening');
      const { port, codes, phase } = await startPilot(`?remote=127.0.0.1:${socket.address().port}`);
      const encoder = new Encoder(1, 1);
      every(100, () => {
        const packet = Uint8Array.from(encoder.encode(new Attitude()));
        packet[8] = 0xc3;
        packet[9] = 0x20;
        socket.send(packet, port, '127.0.0.1');
      });
      await expect.poll(codes, soon).toEqual(['unknown-dialect']);
      expect(phase()).toBe('boot');
    },
    PATIENCE_MS,
  );

  test(
    'ArduPilot instead of PX4',
    async () => {
      const { port, texts, reason, phase } = await startPilot();
      const send = sender(port);
      const encoder = new Encoder(1, 1);
      every(500, () => send(encoder.encode(beat(MavAutopilot.ARDUPILOTMEGA))));
      await expect.poll(texts, soon).toEqual(['the autopilot is not PX4: ArduPilot']);
      expect(reason()).toMatch(/^ArduPilot: PX4 needed/u);
      expect(phase()).toBe('boot');
    },
    PATIENCE_MS,
  );

  test(
    'two autopilots with one system id, behind one bridge',
    async () => {
      const { port, codes } = await startPilot();
      const send = sender(port);
      const [first, second] = [new Encoder(1, 1), new Encoder(1, 1)];
      // Switched on at another time, it counts from elsewhere.
      for (let packets = 0; packets < 90; packets += 1) second.encode(PX4);
      for (const encoder of [first, second]) {
        every(1000, () => send(encoder.encode(PX4)));
        every(100, () => send(encoder.encode(new Attitude())));
      }
      await expect.poll(codes, soon).toContain('same-sysid');
    },
    PATIENCE_MS,
  );

  test(
    'a second sender, which is not heard',
    async () => {
      const { port, texts, codes } = await startPilot();
      const vehicle = sender(port);
      const ours = new Encoder(1, 1);
      every(250, () => vehicle(ours.encode(PX4)));
      await expect.poll(codes, soon).toEqual([]);
      const spoofer = sender(port);
      const theirs = new Encoder(1, 1);
      every(250, () => spoofer(theirs.encode(beat(MavAutopilot.ARDUPILOTMEGA))));
      await expect.poll(texts, soon).toEqual(['somebody else claims to be the vehicle: 127.0.0.1']);
    },
    PATIENCE_MS,
  );

  test(
    'a clock that jumps ahead, and one that jumps back: a reboot',
    async () => {
      const { port, codes, phase } = await startPilot();
      const send = sender(port);
      const encoder = new Encoder(1, 1);
      let jumpMs = 0;
      const startMs = performance.now();
      every(1000, () => send(encoder.encode(PX4)));
      every(100, () => {
        const timeBootMs = Math.round(performance.now() - startMs + 60_000 + jumpMs);
        send(encoder.encode(Object.assign(new SystemTime(), { timeBootMs })));
      });
      await expect.poll(phase, soon).toBe('standby');
      expect(codes()).toEqual([]);
      jumpMs = 100_000;
      await expect.poll(codes, soon).toEqual(['clock-jumped']);
      jumpMs = -50_000;
      await expect.poll(codes, soon).toEqual(['controller-rebooted', 'clock-jumped']);
    },
    PATIENCE_MS,
  );
});
