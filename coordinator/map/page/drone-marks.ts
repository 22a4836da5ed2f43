import { Marker, type Map as MapLibreMap } from 'maplibre-gl';

import type { DroneView } from '../../station/view.ts';
import { droneColour } from './colours.ts';
import { batteryBar, textElement } from './elements.ts';
import { bearingRad } from './ground-shapes.ts';
import { isSilent } from './panel.ts';
import { placeLabels, type LabelPlace } from './place-labels.ts';

/** Radius of a drone's disc, px; page.css repeats it. */
const DISC_RADIUS = 10;

interface DroneMark {
  marker: Marker;
  heading: HTMLElement;
  leader: HTMLElement;
  label: HTMLElement;
  place: LabelPlace | undefined;
}

/** Discs with number and heading, labels with name, height and battery. */
export class DroneMarks {
  readonly #map: MapLibreMap;
  readonly #marks = new Map<number, DroneMark>();

  constructor(map: MapLibreMap) {
    this.#map = map;
    map.on('move', () => this.#placeLabels());
    map.on('resize', () => this.#placeLabels());
  }

  draw(drones: readonly DroneView[]): void {
    const heard = drones.filter((drone) => drone.ageS !== null);
    for (const [sysid, mark] of this.#marks) {
      if (heard.some((drone) => drone.sysid === sysid)) continue;
      mark.marker.remove();
      this.#marks.delete(sysid);
    }
    for (const drone of heard) this.#drawOne(drone);
    this.#placeLabels();
  }

  #drawOne(drone: DroneView): void {
    const known = this.#marks.get(drone.sysid);
    const mark = known ?? createMark(drone);
    mark.marker.setLngLat([drone.lonDeg, drone.latDeg]);
    if (known === undefined) mark.marker.addTo(this.#map);
    this.#marks.set(drone.sysid, mark);
    mark.marker.getElement().classList.toggle('silent', isSilent(drone));
    const courseRad = courseOf(drone);
    mark.heading.hidden = courseRad === undefined;
    if (courseRad !== undefined) mark.heading.style.rotate = `${courseRad}rad`;
    showLabel(mark.label, drone);
  }

  #placeLabels(): void {
    const marks = [...this.#marks.values()];
    const requests = marks.map(({ marker, label }) => {
      const { x, y } = this.#map.project(marker.getLngLat());
      return { x, y, width: label.offsetWidth, height: label.offsetHeight };
    });
    const { clientWidth: width, clientHeight: height } = this.#map.getContainer();
    const before = marks.map((mark) => mark.place);
    const places = placeLabels(requests, DISC_RADIUS, { width, height }, before);
    for (const [index, place] of places.entries()) movePlace(marks[index]!, place);
  }
}

const createMark = (drone: DroneView): DroneMark => {
  const element = textElement('div', 'drone');
  element.style.setProperty('--drone', droneColour(drone.sysid));
  const heading = textElement('div', 'heading');
  const leader = textElement('div', 'leader');
  const label = textElement('div', 'label');
  element.append(leader, heading, textElement('div', 'disc', `${drone.sysid}`), label);
  return { marker: new Marker({ element }), heading, leader, label, place: undefined };
};

const showLabel = (label: HTMLElement, drone: DroneView): void => {
  const facts = isSilent(drone)
    ? `silent ${(drone.ageS ?? 0).toFixed(0)} s`
    : `${drone.heightM.toFixed(0)} m`;
  label.replaceChildren(
    textElement('b', '', drone.name),
    textElement('span', 'height', facts),
    batteryBar(drone.batteryPercent),
  );
};

const movePlace = (mark: DroneMark, place: LabelPlace): void => {
  mark.place = place;
  mark.label.style.translate = `calc(${place.dx}px - 50%) calc(${place.dy}px - 50%)`;
  mark.leader.style.width = `${Math.hypot(place.dx, place.dy)}px`;
  mark.leader.style.rotate = `${Math.atan2(place.dy, place.dx)}rad`;
};

/** Beacons carry no heading: the course over ground from the trail's last two places stands for it. */
const courseOf = (drone: DroneView): number | undefined => {
  const [from, to] = drone.trail.slice(-2);
  if (from === undefined || to === undefined || drone.speedMps < 0.3) return undefined;
  return bearingRad([...from], [...to]);
};
