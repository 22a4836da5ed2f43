import {
  FileTransferProtocol,
  MissionAck,
  MissionCount,
  MissionRequestList,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import {
  FTP_OPCODE,
  readFtpPacket,
  writeFtpPacket,
  type FtpPacket,
} from '#sim/autopilot/metadata/ftp-packet.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

/** QGroundControl waits this long for an answer before it tries again. */
const PATIENCE_S = 1;

/** A ground station that goes through QGroundControl's steps of connecting, one after the other. */
export class Station {
  readonly companion: Companion;
  #sequence = 0;

  constructor(profile: Profile) {
    this.companion = new Companion({ scenario: { profile } });
  }

  send(message: MavLinkData): void {
    this.companion.send(Object.assign(message, { targetSystem: 7, targetComponent: 1 }));
  }

  /** The next message of a kind, within the patience of a real station. */
  next<T extends MavLinkData>(kind: new () => T, ask: () => void): T {
    const before = this.companion.heard(kind).length;
    ask();
    this.companion.runUntil(() => this.companion.heard(kind).length > before, PATIENCE_S);
    return this.companion.heard(kind)[before]!;
  }

  request<T extends MavLinkData>(kind: new () => T, msgid: number, index = 0): T {
    const acks = this.companion.acks.length;
    const message = this.next(kind, () => this.companion.post(512, msgid, index));
    this.companion.runUntil(() => this.companion.acks.length > acks, PATIENCE_S);
    const { result } = this.companion.acks.at(-1)!;
    if (result !== 0) throw new Error(`message ${msgid}: result ${result}`);
    return message;
  }

  ftp(opcode: number, fields: Partial<FtpPacket> = {}): FtpPacket {
    this.#sequence += 1;
    const message = new FileTransferProtocol();
    message.payload = writeFtpPacket({
      sequence: this.#sequence,
      session: 0,
      opcode,
      size: fields.data?.length ?? 0,
      requestOpcode: 0,
      burstComplete: false,
      offset: 0,
      data: new Uint8Array(),
      ...fields,
    });
    const answer = readFtpPacket(this.next(FileTransferProtocol, () => this.send(message)).payload);
    this.#sequence = answer.sequence;
    return answer;
  }

  /** Fetches a file as QGroundControl does: open, one burst, terminate. */
  fetch(path: string): Buffer {
    const opened = this.ftp(FTP_OPCODE.openReadOnly, { data: Buffer.from(`${path}\0`) });
    if (opened.opcode !== FTP_OPCODE.ack) throw new Error(`${path}: error ${opened.data[0]}`);
    const size = Buffer.from(opened.data).readUInt32LE(0);
    const before = this.companion.heard(FileTransferProtocol).length;
    this.ftp(FTP_OPCODE.burstRead, { size: 239 });
    const burst = (): FtpPacket[] =>
      this.companion
        .heard(FileTransferProtocol)
        .slice(before)
        .map(({ payload }) => readFtpPacket(payload));
    this.companion.runUntil(() => burst().some(({ burstComplete }) => burstComplete), 3);
    const bytes = Buffer.alloc(size);
    for (const { offset, data } of burst()) bytes.set(data, offset);
    this.#sequence = burst().at(-1)!.sequence;
    this.ftp(FTP_OPCODE.terminateSession);
    return bytes;
  }

  download(type: number): number {
    const count = this.next(MissionCount, () =>
      this.send(Object.assign(new MissionRequestList(), { missionType: type })),
    );
    this.send(Object.assign(new MissionAck(), { missionType: type }));
    if (count.missionType !== type) throw new Error(`asked for ${type}, told ${count.missionType}`);
    return count.count;
  }
}
