import { FileTransferProtocol } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { metadataFilesOf } from '../metadata/component-metadata.ts';
import { FtpServer } from '../metadata/ftp-server.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** FILE_TRANSFER_PROTOCOL: the component's metadata, to be read. */
export class FileTransfer implements MessageService {
  readonly #context: ServiceContext;
  readonly #server: FtpServer;
  #client: Pick<Frame, 'sysid' | 'compid'> = { sysid: 0, compid: 0 };

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#server = new FtpServer(metadataFilesOf(context.instruments.autopilot.situation.profile));
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    if (!(message instanceof FileTransferProtocol)) return false;
    if (!isFor(this.#context.sysid, message)) return true;
    this.#client = { sysid, compid };
    const answer = this.#server.receive(message.payload);
    if (answer !== undefined) this.#send(answer);
    return true;
  }

  step(): void {
    for (const packet of this.#server.step()) this.#send(packet);
  }

  #send(payload: number[]): void {
    const message = new FileTransferProtocol();
    message.targetSystem = this.#client.sysid;
    message.targetComponent = this.#client.compid;
    message.payload = payload;
    this.#context.send(message);
  }
}
