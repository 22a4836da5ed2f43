import type { DroneView } from '../../station/view.ts';
import { droneColour } from './colours.ts';
import { element, textElement } from './elements.ts';
import { isSilent } from './panel.ts';

/** Heights between the ground and the fence's ceiling, m above the origin. */
export interface HeightRange {
  maxHeightM: number;
  missionHeightM: number;
}

/** Discs closer than this, px of the tape's height, stand beside each other. */
const APART_PX = 17;

/** The tape beside the map: who flies how high, so that drones that cross on the map are seen to be apart. */
export const showHeights = (drones: readonly DroneView[], range: HeightRange | undefined): void => {
  const tape = element('#heights');
  tape.hidden = range === undefined;
  if (range === undefined) return;
  const share = (heightM: number): number =>
    Math.max(0, Math.min(1, heightM / Math.max(1, range.maxHeightM)));
  const marks = ticks(range.maxHeightM).map((heightM) => at(share(heightM), 'tick', `${heightM}`));
  marks.push(at(share(range.missionHeightM), 'mission-height', ''));
  const heightPx = tape.clientHeight;
  const placed: number[] = [];
  const heard = drones.filter((drone) => drone.ageS !== null);
  for (const drone of heard) {
    const position = share(drone.heightM);
    const beside = placed.filter((other) => Math.abs(other - position) * heightPx < APART_PX);
    placed.push(position);
    const disc = at(position, isSilent(drone) ? 'disc silent' : 'disc', `${drone.sysid}`);
    disc.style.setProperty('--drone', droneColour(drone.sysid));
    disc.style.setProperty('--beside', `${beside.length}`);
    disc.title = `${drone.name}: ${drone.heightM.toFixed(1)} m`;
    marks.push(disc);
  }
  tape.replaceChildren(...marks);
};

const ticks = (maxHeightM: number): number[] => {
  const step = maxHeightM > 200 ? 100 : maxHeightM > 80 ? 20 : 10;
  return Array.from({ length: Math.floor(maxHeightM / step) + 1 }, (_, index) => index * step);
};

const at = (share: number, className: string, text: string): HTMLElement => {
  const mark = textElement('div', className, text);
  mark.style.bottom = `${(share * 100).toFixed(2)}%`;
  return mark;
};
