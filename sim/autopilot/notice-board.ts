import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import type { RaisedEvent } from './events/raised-event.ts';

/** PX4 ends the texts that it also sends as events with a tab. */
const ALSO_EVENT = '\t';
/** More than so many between two steps are a flood, which nobody reads. */
const NOTICES_MOST = 40;

/** STATUSTEXT, for the people at a ground station. */
export interface Text {
  severity: MavSeverity;
  text: string;
}

/** Said once: to people as a text, to everybody as an event, mostly both. */
export interface Notice {
  text?: Text;
  event?: RaisedEvent;
}

/** What the parts of the autopilot have to say, in order, until the links take it. */
export class NoticeBoard {
  #notices: Notice[] = [];

  /** A text; with an event, people whose station understands events need not read it. */
  say(severity: MavSeverity, text: string, event?: RaisedEvent): void {
    if (event === undefined) this.#add({ text: { severity, text } });
    else this.#add({ text: { severity, text: text + ALSO_EVENT }, event });
  }

  inform(text: string, event?: RaisedEvent): void {
    this.say(MavSeverity.INFO, text, event);
  }

  complain(text: string, event?: RaisedEvent): void {
    this.say(MavSeverity.CRITICAL, text, event);
  }

  /** An event that has no text. */
  raise(event: RaisedEvent): void {
    this.#add({ event });
  }

  /** Everything since the last call. */
  take(): readonly Notice[] {
    const notices = this.#notices;
    if (notices.length > 0) this.#notices = [];
    return notices;
  }

  #add(notice: Notice): void {
    if (this.#notices.length < NOTICES_MOST) this.#notices.push(notice);
  }
}
