/** A replay's page: a slider over an episode's history. Everything it shows lies in the file itself. */
import type { ReplayData } from '../replay-data.ts';
import { drawGround } from './ground.ts';
import { EventList, showDrones } from './lists.ts';
import { drawMoment, momentsAt } from './moment.ts';
import { found, seconds } from './svg.ts';
import { drawTimeline } from './timeline.ts';

const data = JSON.parse(found('#data').textContent ?? '') as ReplayData;
const slider = found<HTMLInputElement>('#time');
const play = found<HTMLButtonElement>('#play');
const speed = found<HTMLSelectElement>('#speed');
const unit = drawGround(data);
const events = new EventList(data, (ms) => goTo(ms));

let nowMs = 0;
let frameMs: number | undefined;

const goTo = (ms: number): void => {
  nowMs = Math.max(0, Math.min(data.endMs, ms));
  slider.value = `${Math.round(nowMs)}`;
  found('#clock').textContent = `${seconds(nowMs)} of ${seconds(data.endMs)}`;
  slider.setAttribute('aria-valuetext', seconds(nowMs));
  drawMoment(data, nowMs, unit);
  showDrones(momentsAt(data, nowMs));
  events.show(nowMs);
  history.replaceState(null, '', `#t=${(nowMs / 1000).toFixed(1)}`);
};

const step = (ms: number): void => {
  if (frameMs === undefined) return;
  goTo(nowMs + (ms - frameMs) * Number(speed.value));
  frameMs = ms;
  if (nowMs >= data.endMs) pause();
  else requestAnimationFrame(step);
};

const pause = (): void => {
  frameMs = undefined;
  play.textContent = '▶ Play';
};

const start = (): void => {
  if (nowMs >= data.endMs) goTo(0);
  play.textContent = '⏸ Pause';
  requestAnimationFrame((ms) => {
    frameMs = ms;
    step(ms);
  });
};

const toggle = (): void => (frameMs === undefined ? start() : pause());

const KEYS: Record<string, () => void> = {
  ' ': toggle,
  ArrowLeft: () => goTo(nowMs - 1000),
  ArrowRight: () => goTo(nowMs + 1000),
  Home: () => goTo(0),
  End: () => goTo(data.endMs),
};

slider.max = `${data.endMs}`;
slider.step = `${data.trace.stepMs}`;
slider.addEventListener('input', () => goTo(Number(slider.value)));
play.addEventListener('click', toggle);
document.addEventListener('keydown', (event) => {
  // A button or a list that has the focus keeps its own keys.
  const isTyped =
    event.target instanceof HTMLElement &&
    event.target.matches('button, select, input[type=checkbox]');
  const act = isTyped ? undefined : KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
for (const box of document.querySelectorAll<HTMLInputElement>('#layers input')) {
  box.addEventListener('change', () => {
    found<SVGGElement>(`#${box.value}`).style.display = box.checked ? '' : 'none';
  });
}
drawTimeline(data);
const wanted = Number(/^#t=([\d.]+)$/u.exec(location.hash)?.[1]);
const firstBad = data.happenings.find(({ kind }) => kind === 'violation')?.atMs;
goTo(Number.isFinite(wanted) ? 1000 * wanted : Math.max(0, (firstBad ?? 0) - 3000));
