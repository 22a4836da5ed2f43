import { clamp } from '#protocols/units.ts';

/** A lithium-polymer pack and what hangs on it. */
export interface BatteryParameters {
  capacityAh: number;
  cells: number;
  internalResistanceOhm: number;
  /** Charge at the start, 0..1. */
  initialCharge: number;
  /** Autopilot, radio, companion computer. */
  avionicsW: number;
  /**
   * Electric power of one motor is `factor · thrust^1.5` (momentum theory: induced power of a rotor
   * grows so); 11.5 W/N^1.5 draws about 180 W to hover 1 kg on four 5 N motors.
   */
  powerFactor: number;
}

export const defaultBatteryParameters: Readonly<BatteryParameters> = {
  capacityAh: 3.3,
  cells: 4,
  internalResistanceOhm: 0.03,
  initialCharge: 1,
  avionicsW: 12,
  powerFactor: 11.5,
};

/** Voltage of a resting cell at charges of 0, 10 … 100 %: the usual LiPo discharge curve. */
const RESTING_CELL_V = [3.3, 3.61, 3.69, 3.73, 3.77, 3.8, 3.84, 3.89, 3.96, 4.06, 4.2] as const;

/** Voltage at which the motors give the thrust that the airframe's parameters name, per cell. */
const NOMINAL_CELL_V = 3.8;

const restingCellV = (charge: number): number => {
  const position = clamp(charge, 0, 1) * 10;
  const index = Math.min(9, Math.floor(position));
  const low = RESTING_CELL_V[index]!;
  return low + (position - index) * (RESTING_CELL_V[index + 1]! - low);
};

/** Counts coulombs; the voltage sags under load by the internal resistance. Step it at about 50 Hz. */
export class Battery {
  readonly #parameters: Readonly<BatteryParameters>;
  #usedAh: number;
  voltageV: number;
  currentA = 0;
  /** Electric energy taken since the start, J. */
  energyJ = 0;

  constructor(parameters: Readonly<BatteryParameters>) {
    this.#parameters = parameters;
    this.#usedAh = parameters.capacityAh * (1 - parameters.initialCharge);
    this.voltageV = parameters.cells * restingCellV(parameters.initialCharge);
  }

  /** Charge left, 0..1. */
  remaining(): number {
    return clamp(1 - this.#usedAh / this.#parameters.capacityAh, 0, 1);
  }

  /** The charge is this from now on, 0..1. */
  setRemaining(share: number): void {
    this.#usedAh = this.#parameters.capacityAh * (1 - clamp(share, 0, 1));
  }

  usedAh(): number {
    return this.#usedAh;
  }

  /** Thrust goes with the square of rotor speed, and that with voltage. */
  thrustScale(): number {
    const ratio = this.voltageV / (this.#parameters.cells * NOMINAL_CELL_V);
    return ratio * ratio;
  }

  step(dtS: number, motorThrustN: Float64Array): void {
    const p = this.#parameters;
    let powerW = p.avionicsW;
    for (let motor = 0; motor < motorThrustN.length; motor += 1) {
      const thrust = Math.max(0, motorThrustN[motor]!);
      powerW += p.powerFactor * thrust * Math.sqrt(thrust);
    }
    this.currentA = powerW / Math.max(1, this.voltageV);
    this.energyJ += powerW * dtS;
    this.#usedAh += (this.currentA * dtS) / 3600;
    const resting = p.cells * restingCellV(this.remaining());
    this.voltageV = Math.max(0, resting - this.currentA * p.internalResistanceOhm);
  }
}
