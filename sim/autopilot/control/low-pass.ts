/** Second-order Butterworth low-pass, the bilinear transform of 1/(s² + √2 s + 1) (PX4 filters its gyros by one). */
export class LowPass2 {
  #rateS = 0;
  #cutoffHz = 0;
  #b0 = 1;
  #a1 = 0;
  #a2 = 0;
  #delay1 = Number.NaN;
  #delay2 = 0;

  step(value: number, dtS: number, cutoffHz: number): number {
    if (dtS !== this.#rateS || cutoffHz !== this.#cutoffHz) this.#tune(dtS, cutoffHz);
    // Starts settled at its first value.
    if (Number.isNaN(this.#delay1)) {
      this.#delay1 = value / (1 + this.#a1 + this.#a2);
      this.#delay2 = this.#delay1;
    }
    const delay0 = value - this.#delay1 * this.#a1 - this.#delay2 * this.#a2;
    const filtered = this.#b0 * (delay0 + 2 * this.#delay1 + this.#delay2);
    this.#delay2 = this.#delay1;
    this.#delay1 = delay0;
    return filtered;
  }

  #tune(dtS: number, cutoffHz: number): void {
    this.#rateS = dtS;
    this.#cutoffHz = cutoffHz;
    const ohm = Math.tan(Math.PI * Math.min(cutoffHz * dtS, 0.49));
    const c = 1 + Math.SQRT2 * ohm + ohm * ohm;
    this.#b0 = (ohm * ohm) / c;
    this.#a1 = (2 * (ohm * ohm - 1)) / c;
    this.#a2 = (1 - Math.SQRT2 * ohm + ohm * ohm) / c;
  }
}
