import type { Random } from '#protocols/random.ts';
import type { Flight } from '#world/train/flight.ts';
import { Excitation } from './excitation.ts';
import { flyFlight } from './fly.ts';
import { randomConditions } from './randomise.ts';

/**
 * `count` flights of `seconds` each, every one in conditions of its own. `factor` 1 is the nominal excitation.
 * `label` and the number name a flight and its random stream: a longer series begins with the same flights.
 */
export const flyFlights = (
  label: string,
  count: number,
  seconds: number,
  factor: number,
  random: Random,
  onFlown: (flown: number) => void = () => {},
): Flight[] =>
  Array.from({ length: count }, (_, index) => {
    const own = random.fork(`${label}-${index}`);
    const excitation = new Excitation(own.fork('excitation'), factor);
    const conditions = randomConditions(own.fork('conditions'));
    const flight = flyFlight(
      `${label}-${index}`,
      seconds,
      conditions,
      excitation,
      own.fork('flight'),
    );
    onFlown(index + 1);
    return flight;
  });
