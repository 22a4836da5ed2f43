import type { ReplayData } from '../replay-data.ts';
import { newest, type DroneMoment } from './moment.ts';
import { found, html, ink, seconds } from './svg.ts';

const KINDS = {
  violation: 'violations',
  fault: 'faults',
  operator: 'operator',
  mode: 'modes',
  task: 'tasks',
  finding: 'findings',
} as const;

/** The list of what happened; a click goes there. */
export class EventList {
  readonly #rows: { atMs: number; row: HTMLElement }[];
  #current: HTMLElement | undefined;

  constructor({ happenings }: ReplayData, goTo: (ms: number) => void) {
    const list = found('#events');
    this.#rows = happenings.map(({ atMs, kind, text }) => {
      const row = html('li', kind);
      const jump = html('button', '');
      jump.append(html('span', 'time', seconds(atMs)), html('span', 'text', text));
      jump.addEventListener('click', () => goTo(atMs));
      row.append(jump);
      return { atMs, row };
    });
    list.append(...this.#rows.map(({ row }) => row));
    this.#addFilters(happenings, list);
  }

  /** Marks the newest thing that has happened by then. */
  show(nowMs: number): void {
    const row = newest(this.#rows, nowMs)?.row;
    if (row === this.#current) return;
    this.#current?.classList.remove('current');
    row?.classList.add('current');
    // Only within the list: the page itself must not jump while it plays.
    const list = found('#events');
    if (row !== undefined) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
    this.#current = row;
  }

  #addFilters(happenings: ReplayData['happenings'], list: HTMLElement): void {
    const filters = found('#filters');
    for (const [kind, words] of Object.entries(KINDS)) {
      const count = happenings.filter((one) => one.kind === kind).length;
      if (count === 0) continue;
      const label = html('label', '');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = true;
      box.addEventListener('change', () => list.classList.toggle(`without-${kind}`, !box.checked));
      label.append(box, `${count} ${words}`);
      filters.append(label);
    }
  }
}

/** One row a drone: what it does at the moment. */
export const showDrones = (moments: readonly DroneMoment[]): void => {
  const rows = moments.map(({ sysid, heightM, batteryPercent, state }) => {
    const row = document.createElement('tr');
    const disc = html('span', 'disc', `${sysid}`);
    disc.style.background = ink(sysid);
    const first = document.createElement('td');
    first.append(disc);
    const dead = state?.dead ?? [];
    const cells = [
      `${state?.mode ?? ''}${state?.armed === true ? '' : ' (disarmed)'}`,
      `${heightM.toFixed(1)} m`,
      `${batteryPercent} %`,
      state?.task ?? '–',
      dead.length === 0 ? '' : `dead: ${dead.join(', ')}`,
    ];
    row.append(
      first,
      ...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })),
    );
    return row;
  });
  found('#now').replaceChildren(...rows);
};
