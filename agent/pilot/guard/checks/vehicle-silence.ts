import type { Watch } from '../check.ts';

/** Telemetry comes at 20 Hz and more: this is twenty packets in a row. */
const VEHICLE_SILENT_MS = 1000;

/** A setpoint into silence must be one that is right whatever happens meanwhile: rest. */
export const vehicleSilence: Watch = {
  name: 'vehicle-silent',
  assess: ({ nowMs, vehicleHeardMs }) =>
    nowMs - vehicleHeardMs > VEHICLE_SILENT_MS ? 'brake' : 'pass',
};
