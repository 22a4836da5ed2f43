import { StatusText } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import { ArmingReport } from './events/arming-report.ts';
import { EventClient } from './events/event-client.ts';
import { eventText } from './events/event-table.ts';
import type { Frame } from './framer.ts';
import { StatusTexts, type VehicleText } from './status-text.ts';

interface VoiceTick {
  /** Requests for events that got lost. */
  send: MavLinkData[];
  /** What was said in words, by event or text; a report of arming checks is in `report` instead. */
  said: VehicleText[];
}

/** What a vehicle says in words: PX4 says most things twice, by event and by text. */
export class VehicleVoice {
  readonly report = new ArmingReport();
  readonly #events: EventClient;
  readonly #texts = new StatusTexts();

  constructor(vehicle: Component) {
    this.#events = new EventClient(vehicle);
  }

  hear(frame: Frame, message: MavLinkData | undefined, nowMs: number): void {
    this.#events.hear(frame);
    if (message instanceof StatusText) this.#texts.hear(message, nowMs);
  }

  /** A tick would do and tell nothing. */
  get idle(): boolean {
    return this.#events.idle && this.#texts.idle;
  }

  tick(nowMs: number): VoiceTick {
    const { send, events } = this.#events.tick(nowMs);
    const said: VehicleText[] = [];
    for (const event of events) {
      if (this.report.take(event)) continue;
      const known = eventText(event);
      if (known !== undefined) said.push({ severity: event.level, text: known.text });
    }
    return { send, said: [...said, ...this.#texts.tick(nowMs)] };
  }
}
