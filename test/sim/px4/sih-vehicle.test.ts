import { expect, test } from 'vitest';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { SihVehicle } from '#sim/px4/sih-vehicle.ts';
import { DisplayLink } from '#sim/vehicles/display-link.ts';
import { Companion } from '../companion.ts';

const ORIGIN = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 };

test('the display link tells where a vehicle truly is, whether it stands, and its mode', () => {
  const companion = new Companion({ vehicle: { homeNorthM: 30, homeEastM: -12 } });
  const { vehicle } = companion;
  const display = new DisplayLink(vehicle, ORIGIN);
  const seen = new SihVehicle(vehicle.sysid, ORIGIN);
  const stranger = new SihVehicle(vehicle.sysid + 1, ORIGIN);
  const framer = new Framer();
  const watch = (seconds: number): void => {
    for (let step = 0; step < seconds * 250; step += 1) {
      companion.run(0.004);
      for (const packet of display.step()) framer.push(packet);
      const frames: Frame[] = [];
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        frames.push(frame);
      }
      seen.receive(frames);
      stranger.receive(frames);
    }
  };

  watch(1.1);
  expect(seen).toMatchObject({ heard: true, onGround: true, armed: false, mode: 'AUTO_LOITER' });
  expect(stranger.heard).toBe(false);

  companion.takeOff();
  companion.flyOffboard(3, 1, 0);
  watch(4);
  const { positionNed } = vehicle.quadrotor;
  // A state is at most 40 ms old; the wire rounds to a centimetre.
  for (const axis of ['x', 'y', 'z'] as const) {
    expect(Math.abs(seen.positionNed[axis] - positionNed[axis])).toBeLessThan(0.25);
  }
  expect(seen).toMatchObject({ onGround: false, armed: true, mode: 'OFFBOARD', failsafe: false });

  companion.setMode('AUTO_LAND');
  companion.streamed = undefined;
  watch(30);
  expect(seen).toMatchObject({ onGround: true, armed: false });
  expect(seen.touchdownSpeedMps).toBeLessThan(1.5);
});
