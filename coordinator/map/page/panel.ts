import type { DroneView, SwarmView } from '../../station/view.ts';
import { droneColour } from './colours.ts';
import { batteryBar, element, textElement } from './elements.ts';

/** A beacon comes every second: this many seconds without one and what is shown is old. */
const SILENT_AFTER_S = 3;

export const isSilent = (drone: DroneView): boolean =>
  drone.ageS === null || drone.ageS > SILENT_AFTER_S;

const SHOWN_EVENTS = 30;

/** Someone must look: the drone is no longer the mission's. */
const ALARMING_PHASES = new Set(['failsafe', 'yielded']);

const clockTime = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** The side panel: progress, drones, findings, events. */
export const showPanel = (view: SwarmView): void => {
  showMission(view);
  const rows = view.drones.flatMap((drone) => [droneRow(drone), ...troubleRows(drone)]);
  element('#drones').replaceChildren(...rows);
  showList('#findings', '#no-findings', view.findings.map(findingItem));
  const events = view.events.slice(-SHOWN_EVENTS).reverse().map(eventItem);
  showList('#events', '#no-events', events);
};

const showMission = (view: SwarmView): void => {
  const { mission, tasks } = view;
  const name = mission?.name ?? 'No mission';
  element('#title').textContent = name;
  document.title = `${name} · Skein`;
  element('#swarm').textContent = `${view.swarm}, ${view.link.peers} peers`;
  const state = mission === null ? '' : mission.cancelled ? 'cancelled' : 'complete';
  element('#state').textContent = state;
  element('#state').hidden = mission === null || (!mission.cancelled && !mission.complete);
  const percent = (mission?.searchedFraction ?? 0) * 100;
  element('#bar').style.width = `${percent.toFixed(1)}%`;
  const facts: [string, string][] = [
    ['#searched', mission === null ? '–' : `${percent.toFixed(1)} %`],
    ['#found', `${view.findings.length}`],
    ['#elapsed', mission === null ? '–' : clockTime(mission.elapsedS)],
    ['#tasks', mission === null ? '–' : `${tasks.done} / ${tasks.claimed + tasks.executing}`],
  ];
  for (const [selector, text] of facts) element(selector).textContent = text;
  element('#advice').hidden = mission !== null;
};

/** A fact, and beneath it a lesser one. */
const cell = (text: string, beneath: string, className = ''): HTMLElement => {
  const made = textElement('td', className, text);
  if (beneath !== '') made.append(textElement('div', 'beneath', beneath));
  return made;
};

const droneRow = (drone: DroneView): HTMLElement => {
  const silent = isSilent(drone);
  const row = textElement('tr', silent ? 'silent' : '');
  const discCell = cell('', '');
  const disc = textElement('span', 'disc', `${drone.sysid}`);
  disc.style.setProperty('--drone', droneColour(drone.sysid));
  discCell.append(disc);
  const plan = drone.planSource === 'none' ? 'no plan' : `${drone.planSource} plan`;
  const name = cell(drone.name, drone.ageS === null ? '' : plan, `name ${drone.planSource}`);
  name.title = drone.name;
  row.append(discCell, name);
  if (drone.ageS === null) {
    const never = cell('never heard', '', 'phase warn');
    never.setAttribute('colspan', '3');
    row.append(never);
    return row;
  }
  const alarming = silent || ALARMING_PHASES.has(drone.phase);
  const phase = silent ? `silent ${drone.ageS.toFixed(0)} s` : drone.phase;
  const battery = cell('', `${drone.batteryPercent} %`, 'number');
  battery.prepend(batteryBar(drone.batteryPercent));
  row.append(
    cell(phase, drone.reason, alarming ? 'phase warn' : 'phase'),
    cell(`${drone.heightM.toFixed(1)} m`, `${drone.speedMps.toFixed(1)} m/s`, 'number'),
    battery,
  );
  return row;
};

/** Beneath its drone: what is wrong with it, and what to do. */
const troubleRows = ({ troubles }: DroneView): HTMLElement[] =>
  troubles.map(({ severity, text, remedy }) => {
    const row = textElement('tr', `trouble ${severity}`);
    const said = cell(text, remedy, severity === 'error' ? 'warn' : '');
    said.setAttribute('colspan', '4');
    row.append(cell('', ''), said);
    return row;
  });

const findingItem = (found: SwarmView['findings'][number]): HTMLElement => {
  const item = textElement('li', '');
  item.append(
    textElement('b', '', `${found.latDeg.toFixed(6)}, ${found.lonDeg.toFixed(6)}`),
    textElement(
      'div',
      'quiet',
      `${(found.confidence * 100).toFixed(1)} % after ${found.looks} looks, ${found.foundBy}`,
    ),
  );
  return item;
};

const eventItem = (event: SwarmView['events'][number]): HTMLElement => {
  const item = textElement('li', '');
  const time = new Date(event.unixMs).toLocaleTimeString([], { hour12: false });
  item.append(textElement('time', 'quiet', time), ` ${event.text}`);
  return item;
};

const showList = (list: string, placeholder: string, items: HTMLElement[]): void => {
  element(list).replaceChildren(...items);
  element(placeholder).hidden = items.length > 0;
};
