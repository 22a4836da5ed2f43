/** The map page: draws what the station streams, on a blank style, so that it works without internet. */
import { Map as MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';

import type { MissionGeometry } from '../../station/mission-geometry.ts';
import type { SwarmView } from '../../station/view.ts';
import { MAP_COLOURS } from './colours.ts';
import { drawMission, fitMission } from './draw-mission.ts';
import { SwarmPicture } from './draw-swarm.ts';
import { element } from './elements.ts';
import { showHeights } from './height-tape.ts';
import { addLayers } from './layers.ts';
import { showPanel } from './panel.ts';

declare global {
  interface Window {
    /** Set once the first state is drawn: tests wait for it. */
    skeinReady?: boolean;
    skeinMap?: MapLibreMap;
  }
}

/** The station sends a picture at least every second; this long without one is no slow network. */
const STALE_AFTER_MS = 4000;
const RETRY_MS = 1000;

// Said outright: a worker that is not found leaves the map silently blank.
setWorkerUrl('/maplibre-gl-worker.mjs');

const createMap = (): MapLibreMap => {
  const map = new MapLibreMap({
    container: 'map',
    style: {
      version: 8,
      sources: {},
      layers: [
        {
          id: 'ground',
          type: 'background',
          paint: { 'background-color': MAP_COLOURS.ground },
        },
      ],
    },
    center: [0, 0],
    zoom: 2,
    maxPitch: 0,
    attributionControl: false,
  });
  map.addControl(new NavigationControl({ visualizePitch: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
  return map;
};

class Page {
  readonly #map: MapLibreMap;
  readonly #picture: SwarmPicture;
  #geometry: MissionGeometry | undefined;
  #shownGoal = '';
  #newest: SwarmView | undefined;
  #drawing = false;
  #heardMs = performance.now();

  constructor(map: MapLibreMap) {
    this.#map = map;
    this.#picture = new SwarmPicture(map);
  }

  start(): void {
    this.#listen();
    setInterval(() => {
      if (performance.now() - this.#heardMs > STALE_AFTER_MS) this.#showLink('lost');
    }, 1000);
    element('#fit').addEventListener('click', () => {
      if (this.#geometry !== undefined) fitMission(this.#map, this.#geometry);
    });
  }

  #listen(): void {
    const events = new EventSource('/events');
    events.addEventListener('error', () => {
      this.#showLink('lost');
      // A browser tries again by itself, except after an answer that is no stream.
      if (events.readyState === EventSource.CLOSED) setTimeout(() => this.#listen(), RETRY_MS);
    });
    events.addEventListener('state', (event: MessageEvent<string>) => {
      this.#heardMs = performance.now();
      this.#showLink('live');
      this.#newest = JSON.parse(event.data) as SwarmView;
      void this.#drawNewest();
    });
  }

  /** One picture at a time, and of those that came meanwhile only the newest. */
  async #drawNewest(): Promise<void> {
    if (this.#drawing) return;
    this.#drawing = true;
    try {
      while (this.#newest !== undefined) {
        const view = this.#newest;
        this.#newest = undefined;
        await this.#draw(view);
      }
    } catch {
      // The station went away between a picture and its mission; the next picture tries again.
      this.#showLink('lost');
    } finally {
      this.#drawing = false;
    }
  }

  async #draw(view: SwarmView): Promise<void> {
    await this.#followMission(view);
    this.#picture.draw(view);
    showPanel(view);
    const mission = this.#geometry?.mission;
    const range = mission && {
      maxHeightM: mission.fence.maxHeightM,
      missionHeightM: mission.heightM,
    };
    showHeights(view.drones, range);
    window.skeinReady = true;
  }

  async #followMission(view: SwarmView): Promise<void> {
    const goal = JSON.stringify(view.mission?.goal ?? null);
    if (view.mission === null || goal === this.#shownGoal) return;
    const answer = await fetch('/mission');
    const geometry = (await answer.json()) as MissionGeometry | null;
    if (geometry === null) return;
    this.#shownGoal = goal;
    this.#geometry = geometry;
    drawMission(this.#map, geometry);
    this.#picture.setGrid(geometry.grid);
    fitMission(this.#map, geometry);
  }

  #showLink(state: 'live' | 'lost'): void {
    const lost = state === 'lost';
    document.body.classList.toggle('lost', lost);
    element('#link').textContent = lost ? 'no link' : 'live';
    const ageS = Math.round((performance.now() - this.#heardMs) / 1000);
    element('#banner').hidden = !lost;
    element('#banner').textContent =
      `The station does not answer, trying again. What you see is ${ageS} s old.`;
  }
}

const map = createMap();
window.skeinMap = map;

// On a small screen the legend would cover the map.
const small = matchMedia('(max-width: 50rem)');
const showLegend = (): unknown => element('#legend').toggleAttribute('open', !small.matches);
small.addEventListener('change', showLegend);
showLegend();

map.on('load', () => {
  addLayers(map);
  new Page(map).start();
});
