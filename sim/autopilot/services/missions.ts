import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { MissionReports } from '../mission/mission-reports.ts';
import { MissionTransfer } from '../mission/mission-transfer.ts';
import { AUTOPILOT_COMPID, type MessageService, type ServiceContext } from './message-service.ts';

/** MISSION_*: mission, fence and rally points up and down, and how a mission goes. */
export class Missions implements MessageService {
  readonly #transfer: MissionTransfer;
  readonly #reports: MissionReports;

  constructor({ sysid, instruments, send }: ServiceContext) {
    const { autopilot } = instruments;
    const { navigator, commander, situation } = autopilot;
    const { plans, mission } = navigator;
    this.#transfer = new MissionTransfer({
      sysid,
      compid: AUTOPILOT_COMPID,
      plans,
      send,
      notices: situation.notices,
    });
    this.#reports = new MissionReports({
      profile: situation.profile,
      plans,
      progress: mission.progress,
      mode: () => commander.mode,
      send,
    });
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    return message !== undefined && this.#transfer.receive(message, { sysid, compid });
  }

  step(nowMs: number): void {
    this.#transfer.step(nowMs);
    this.#reports.step(nowMs);
  }
}
