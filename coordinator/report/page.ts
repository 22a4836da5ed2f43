import { mapFigure } from './map-figure.ts';
import { markup, NOTHING, type Markup } from './markup.ts';
import type { RunRecord } from './run-record.ts';
import { DRONE_TITLES, droneFigures, summaryFigures } from './summary-text.ts';
import { timelineFigure } from './timeline-figure.ts';

/** The whole report: nothing is loaded from elsewhere and no script runs, so the file keeps for years. */
export const reportPage = (record: RunRecord): string => {
  const { summary } = record;
  const started = new Date(summary.startedUnixMs).toISOString().replace('T', ' ').slice(0, 19);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${summary.mission}: report</title>
<style>${{ text: STYLE }}</style>
</head>
<body>
<h1>${summary.mission}</h1>
<p class="quiet">${started} UTC, ${summary.drones.length} drones${summary.seed === null ? '' : `, seed ${summary.seed}`}</p>
<p class="${summary.success ? 'verdict good' : 'verdict bad'}">${summary.success ? '✓ succeeded' : '✗ did not succeed'}</p>
${summary.shortfalls.length === 0 ? NOTHING : markup`<ul>${summary.shortfalls.map((why) => markup`<li>${why}</li>`)}</ul>`}
<div class="columns">
<figure>${mapFigure(record)}<figcaption>${legend(record)}</figcaption></figure>
<table class="figures"><tbody>${summaryFigures(summary).map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>
</div>
<h2>Phases and heights</h2>
<figure>${timelineFigure(record)}</figure>
<h2>Drones</h2>
<div class="wide"><table class="drones"><thead><tr>${DRONE_TITLES.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${summary.drones.map((drone) => markup`<tr>${droneFigures(drone).map((text) => markup`<td>${text}</td>`)}</tr>`)}</tbody></table></div>
${findings(record)}
${events(record)}
</body>
</html>
`;
  return page.text;
};

const legend = (record: RunRecord): Markup => {
  const hidden = record.targets.length === 0 ? '' : ' × hidden target.';
  return markup`North is up. Blue: never looked at; white: looked at, nothing there; amber: suspected; yellow: declared.
Dashed orange: fence. ◆ finding.${hidden} A disc ends each drone's trail.`;
};

const findings = ({ findings: found }: RunRecord): Markup => {
  if (found.length === 0) return markup`<h2>Findings</h2><p>None.</p>`;
  const rows = found.map(
    (one, index) =>
      markup`<tr><td>${index + 1}</td><td>${one.latDeg.toFixed(6)}, ${one.lonDeg.toFixed(6)}</td><td>${(one.confidence * 100).toFixed(1)} %</td><td>${one.looks}</td><td>${one.foundBy}</td></tr>`,
  );
  return markup`<h2>Findings</h2><table class="drones"><thead><tr><th>no.</th><th>place</th><th>confidence</th><th>looks</th><th>found by</th></tr></thead><tbody>${rows}</tbody></table>`;
};

const events = ({ events: happened, summary }: RunRecord): Markup => {
  if (happened.length === 0) return NOTHING;
  const rows = happened.map(
    (event) =>
      markup`<tr><td>${((event.unixMs - summary.startedUnixMs) / 1000).toFixed(1)} s</td><td>${event.text}</td></tr>`,
  );
  return markup`<details><summary>${happened.length} events</summary><table class="drones"><tbody>${rows}</tbody></table></details>`;
};

const STYLE = `
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; color: #1d2733; background: #fff; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { margin: 0; font-size: 1.7rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .6rem; font-size: 1.1rem; }
figure { margin: 0; }
figcaption, .quiet { color: #5b6876; font-size: .85rem; }
.quiet { margin: .2rem 0 1rem; }
.verdict { display: inline-block; margin: 0 0 1rem; padding: .3rem .9rem; border-radius: .3rem; font-weight: 600; }
.good { background: #d9efe6; color: #0b5a40; }
.bad { background: #fbe0d3; color: #8a3208; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(18rem, 2fr); gap: 2rem; align-items: start; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #e1e6eb; text-align: left; vertical-align: top; }
th { font-weight: 500; color: #5b6876; }
.figures { width: 100%; }
.drones { font-size: .88rem; }
.drones td { white-space: nowrap; }
details { margin-top: 2rem; }
summary { cursor: pointer; }
svg { display: block; width: 100%; height: auto; }
.map { max-height: 85vh; background: #fafbfc; border: 1px solid #e1e6eb; }
.map .cell { stroke: #fff; stroke-width: calc(.1 * var(--unit)); }
.map .area { fill: none; stroke: #38434f; stroke-width: calc(.25 * var(--unit)); }
.map .fence { fill: none; stroke: #c9551c; stroke-width: calc(.3 * var(--unit)); stroke-dasharray: calc(1.2 * var(--unit)) calc(.7 * var(--unit)); }
.map .obstacle { fill: #8d8086; stroke: #38434f; stroke-width: calc(.15 * var(--unit)); }
.map .trail { fill: none; stroke-width: calc(.3 * var(--unit)); stroke-linejoin: round; opacity: .85; }
.map .target { stroke: #111; stroke-width: calc(.35 * var(--unit)); }
.map .finding { fill: #ffcf33; stroke: #111; stroke-width: calc(.2 * var(--unit)); }
.map .mark { font-size: calc(1.6 * var(--unit)); font-weight: 700; text-anchor: middle; dominant-baseline: central; }
.map .scale { stroke: #111; stroke-width: calc(.35 * var(--unit)); }
.map .scale-text { font-size: calc(2 * var(--unit)); }
.timeline text { font-size: 12px; fill: #1d2733; }
.timeline .grid { stroke: #e1e6eb; }
.timeline .tick { text-anchor: middle; fill: #5b6876; }
.timeline .level { text-anchor: end; fill: #5b6876; }
.timeline .number { text-anchor: middle; fill: #fff; font-weight: 700; }
.timeline .phase { stroke: #fff; }
.timeline .silent { stroke: #8a3208; stroke-dasharray: 3 3; }
.timeline .height { fill: none; stroke-width: 1.5; }
@media (max-width: 60rem) { .columns { grid-template-columns: 1fr; } }
@media print { body { margin: 0; } details { display: none; } }
`;
