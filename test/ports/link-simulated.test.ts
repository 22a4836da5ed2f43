import { STEP_MS } from '#sim/vehicle.ts';
import { StandInLink } from '../protocols/mavlink/stand-in-link.ts';
import { linkCompliance, type LinkWorld } from './link-compliance.ts';

/** The wire to a stand-in in the same process, with the test at the vehicle's end. */
const simulatedWorld = (): Promise<LinkWorld> => {
  const link = new StandInLink();
  const heard: Uint8Array[] = [];
  const said: Uint8Array[] = [];
  link.vehicle.receive = (frames) => {
    heard.push(...frames.map(({ bytes }) => bytes));
  };
  link.vehicle.step = () => said.splice(0);
  return Promise.resolve({
    link,
    say: (bytes) => {
      said.push(bytes);
      link.advance(STEP_MS);
    },
    heard: () => Buffer.concat(heard),
    end: () => Promise.resolve(),
  });
};

linkCompliance('the simulated wire', { stream: false, bounded: false }, simulatedWorld);
