/** MAVLink FTP's header and data inside FILE_TRANSFER_PROTOCOL (mavlink.io/en/services/ftp.html). */
export interface FtpPacket {
  sequence: number;
  session: number;
  opcode: number;
  /** Bytes of data; for a read request, bytes wanted. */
  size: number;
  /** The request's opcode, in an answer. */
  requestOpcode: number;
  burstComplete: boolean;
  offset: number;
  data: Uint8Array;
}

export const FTP_OPCODE = {
  terminateSession: 1,
  resetSessions: 2,
  listDirectory: 3,
  openReadOnly: 4,
  readFile: 5,
  createFile: 6,
  fileCrc: 14,
  burstRead: 15,
  ack: 128,
  nak: 129,
} as const;

export const FTP_ERROR = {
  fail: 1,
  invalidSession: 4,
  endOfFile: 6,
  unknownCommand: 7,
  fileProtected: 9,
  fileNotFound: 10,
} as const;

const HEADER_BYTES = 12;
const PACKET_BYTES = 251;
export const FTP_DATA_BYTES = PACKET_BYTES - HEADER_BYTES;

/** @param payload the 251 bytes of the message's field; missing ones count as zero. */
export const readFtpPacket = (payload: readonly number[]): FtpPacket => {
  const bytes = new Uint8Array(PACKET_BYTES);
  bytes.set(payload.slice(0, PACKET_BYTES));
  const view = new DataView(bytes.buffer);
  const size = bytes[4]!;
  return {
    sequence: view.getUint16(0, true),
    session: bytes[2]!,
    opcode: bytes[3]!,
    size,
    requestOpcode: bytes[5]!,
    burstComplete: bytes[6] !== 0,
    offset: view.getUint32(8, true),
    data: bytes.subarray(HEADER_BYTES, HEADER_BYTES + Math.min(size, FTP_DATA_BYTES)),
  };
};

/** The other way: the message's field. Data beyond {@link FTP_DATA_BYTES} are cut off. */
export const writeFtpPacket = (packet: FtpPacket): number[] => {
  const bytes = new Uint8Array(PACKET_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, packet.sequence, true);
  bytes[2] = packet.session;
  bytes[3] = packet.opcode;
  bytes[4] = packet.size;
  bytes[5] = packet.requestOpcode;
  bytes[6] = packet.burstComplete ? 1 : 0;
  view.setUint32(8, packet.offset, true);
  bytes.set(packet.data.subarray(0, FTP_DATA_BYTES), HEADER_BYTES);
  return [...bytes];
};
