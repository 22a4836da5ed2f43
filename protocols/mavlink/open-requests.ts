import { Fault } from '../fault.ts';

interface Waiting<T> {
  resolve: (value: T) => void;
  reject: (reason: Fault) => void;
}

/** Promises by the id of the request that they wait for; several may wait for one. */
export class OpenRequests<T> {
  readonly #waiting = new Map<number, Waiting<T>[]>();
  #closed: Fault | undefined;

  /** @param id undefined when the service had no room for the request, or could not make it. */
  wait(id: number | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) reject(this.#closed);
      else if (id === undefined) {
        reject(new Fault('request-refused', 'too many requests at once, or an impossible one'));
      } else this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), { resolve, reject }]);
    });
  }

  /** Requests that have not ended. */
  get size(): number {
    return this.#waiting.size;
  }

  settle(id: number, outcome: T): void {
    for (const { resolve } of this.#waiting.get(id) ?? []) resolve(outcome);
    this.#waiting.delete(id);
  }

  /** Ends every wait, now and later, with the fault. */
  close(fault: Fault): void {
    this.#closed = fault;
    for (const { reject } of [...this.#waiting.values()].flat()) reject(fault);
    this.#waiting.clear();
  }
}
