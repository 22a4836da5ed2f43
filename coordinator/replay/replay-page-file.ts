import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

import { markup } from '../report/markup.ts';
import type { ReplayData } from './replay-data.ts';

/** Dependencies first: each is one data: address of the page's import map. */
const MODULES = ['svg', 'ground', 'moment', 'timeline', 'lists', 'replay'] as const;

const read = (name: string): string =>
  readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');

/** Node warns on every start that this function is experimental; an operator cannot act on that. */
const stripped = (source: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** A data: address has no neighbours, so that `./svg.ts` becomes a bare name which the import map knows. */
const address = (name: string): string => {
  const source = stripped(read(`${name}.ts`)).replaceAll(
    /from '\.\/([a-z-]+)\.ts'/gu,
    "from 'replay/$1'",
  );
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
};

/** JSON inside a script element: no text in it can end the element. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const BODY = `
<main><svg id="map" role="img" aria-label="The swarm on its map, north up"><g id="ground"></g><g id="troubles"></g><g id="links"></g><g id="trails"></g><g id="intents"></g><g id="drones"></g></svg></main>
<footer>
<div id="controls"><button id="play">▶ Play</button>
<label>speed <select id="speed"><option value="1">1×</option><option value="4" selected>4×</option><option value="16">16×</option></select></label>
<span id="clock" role="status"></span>
<span id="layers"><label><input type="checkbox" value="links" checked>links</label><label><input type="checkbox" value="intents" checked>intents</label><label><input type="checkbox" value="trails" checked>trails</label></span></div>
<input id="time" type="range" min="0" value="0" aria-label="time">
<svg id="timeline" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Faults, violations and heights over time"></svg>
</footer>`;

/**
 * The whole replay as one file: data, drawing and style; nothing is loaded from elsewhere, so that it
 * can be sent to whoever must see it.
 */
export const replayPage = (data: ReplayData): string => {
  const imports = Object.fromEntries(MODULES.map((name) => [`replay/${name}`, address(name)]));
  const violations = data.happenings.filter(({ kind }) => kind === 'violation').length;
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' data:">
<title>${data.title}: replay</title>
<style>${{ text: read('replay.css') }}</style>
<script type="importmap">${{ text: embedded({ imports }) }}</script>
</head>
<body>
${{ text: BODY }}
<aside>
<h1>${data.title}</h1>
<p class="verdict ${violations === 0 ? 'good' : 'bad'}">${violations === 0 ? '✓ no violation' : `✗ ${violations} violations`}</p>
<code>${data.command}</code>
<code>log digest ${data.digest.slice(0, 16)}</code>
<h2>Drones now</h2>
<div class="wide"><table><thead><tr><th></th><th>mode</th><th>height</th><th>battery</th><th>task</th><th></th></tr></thead><tbody id="now"></tbody></table></div>
<h2>What happened</h2>
<div id="filters"></div>
<ol id="events"></ol>
</aside>
<script type="application/json" id="data">${{ text: embedded(data) }}</script>
<script type="module">import 'replay/replay';</script>
</body>
</html>
`;
  return text;
};
