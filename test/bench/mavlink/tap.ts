/**
 * A receiver between pilots and vehicles that notes when each setpoint came: a process of its own, so
 * that nothing but the network and the scheduler stands between the pilot's send and the note.
 *
 *   node test/bench/mavlink/tap.ts '[{"pilotPort":…,"tapPort":…,"agentPort":…,"vehiclePort":…}]'
 *
 * A line on standard input ends it; it answers with one JSON object.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setPriority } from 'node:os';

interface Route {
  /** Where the pilot listens, and where it sends to. */
  pilotPort: number;
  tapPort: number;
  /** Where the vehicle sends to, and where it listens. */
  agentPort: number;
  vehiclePort: number;
}

const SETPOINT = 84;
const HEARTBEAT = 0;
const OFFBOARD_MAIN_MODE = 6;
const PROBE_MS = 20;

const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

const msgidOf = (packet: Buffer): number => packet.readUIntLE(7, 3);

/** Lateness of a timer of this very process: what the machine, not the pilot, adds to a gap. */
const probe = (): number[] => {
  const late: number[] = [];
  let dueMs = nowMs() + PROBE_MS;
  const tick = (): void => {
    late.push(nowMs() - dueMs);
    dueMs = Math.max(dueMs + PROBE_MS, nowMs());
    setTimeout(tick, Math.max(0, dueMs - nowMs()));
  };
  setTimeout(tick, PROBE_MS);
  return late;
};

const bind = async (port: number): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

/** Forwards one drone's packets and collects the gaps between its setpoints, ms, in OFFBOARD only. */
const watch = async ({ pilotPort, tapPort, agentPort, vehiclePort }: Route): Promise<number[]> => {
  const gaps: number[] = [];
  const toPilot = await bind(tapPort);
  const toVehicle = await bind(agentPort);
  let lastMs = Number.NaN;
  let offboard = false;
  toPilot.on('message', (packet) => {
    const atMs = nowMs();
    toVehicle.send(packet, vehiclePort, '127.0.0.1');
    if (packet.length < 12 || msgidOf(packet) !== SETPOINT) return;
    if (offboard && !Number.isNaN(lastMs)) gaps.push(atMs - lastMs);
    lastMs = atMs;
  });
  toVehicle.on('message', (datagram) => {
    toPilot.send(datagram, pilotPort, '127.0.0.1');
    for (let at = 0; at + 12 <= datagram.length; at += 12 + datagram[at + 1]!) {
      const packet = datagram.subarray(at);
      if (msgidOf(packet) === HEARTBEAT && packet[6] === 1) {
        offboard = packet[12] === OFFBOARD_MAIN_MODE;
        if (!offboard) lastMs = Number.NaN;
      }
    }
  });
  return gaps;
};

try {
  setPriority(-15);
} catch {
  // Without the right to it the figure is an upper bound all the more.
}
const routes = JSON.parse(process.argv[2] ?? '[]') as Route[];
const gaps = await Promise.all(routes.map(watch));
const late = probe();
console.log('ready');
await once(process.stdin, 'data');
process.stdout.write(JSON.stringify({ gaps, late }), () => process.exit(0));
