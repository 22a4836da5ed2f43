import { SetGpsGlobalOrigin } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { MessageService, ServiceContext } from './message-service.ts';

const GPS_GLOBAL_ORIGIN = 49;

/**
 * SET_GPS_GLOBAL_ORIGIN: the estimator's origin is put elsewhere, while the vehicle is not in the air.
 * The answer, also to who is refused, is the origin as it then is.
 */
export class EstimatorOrigin implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined): boolean {
    if (!(message instanceof SetGpsGlobalOrigin)) return false;
    const { sysid, instruments, streams, send, moveOrigin } = this.#context;
    if (message.targetSystem === sysid && instruments.autopilot.situation.landed) {
      const latDeg = message.latitude / 1e7;
      const lonDeg = message.longitude / 1e7;
      const onEarth = Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 180;
      if (onEarth) moveOrigin({ latDeg, lonDeg, altAmslM: message.altitude / 1000 });
    }
    streams.request(GPS_GLOBAL_ORIGIN, 0, send);
    return true;
  }
}
