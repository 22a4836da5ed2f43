import { ClockSync } from './clock-sync.ts';
import { Commands } from './commands.ts';
import { Echoes } from './echoes.ts';
import { EstimatorOrigin } from './estimator-origin.ts';
import { Events } from './events.ts';
import { FileTransfer } from './file-transfer.ts';
import type { MessageService, ServiceContext } from './message-service.ts';
import { Missions } from './missions.ts';
import { ParameterService } from './parameter-service.ts';
import { Setpoints } from './setpoints.ts';
import { ShellService } from './shell-service.ts';

/** The services of one link, the most frequent messages first: the first that takes a message has it. */
export const linkServices = (context: ServiceContext): readonly MessageService[] => [
  new Setpoints(context),
  new Commands(context),
  new ClockSync(context),
  new ParameterService(context),
  new Missions(context),
  new FileTransfer(context),
  new EstimatorOrigin(context),
  new Events(context),
  new ShellService(context),
  new Echoes(context),
];
