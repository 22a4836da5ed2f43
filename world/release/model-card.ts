import type { ReleaseContent } from './manifest.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const fixed = (value: number): string => value.toFixed(3);

/** Model card (Mitchell et al. 2019) of a release, in Markdown: what it is for, made from, how good, where it ends. */
export const modelCard = (release: ReleaseContent): string => {
  const { metrics: m, data, training, calibration, baseline } = release;
  const coverage = [...m.coverageVelocity, ...m.coveragePosition].map(percent).join(', ');
  return `# ${release.name}, version ${release.version}

A learned dynamics model of a small multirotor under PX4's velocity control: what the vehicle will do in the next two
seconds when it is given a sequence of velocity setpoints and yaw rates. Made ${release.createdUtc}.

## Use
Input: the last second of observations (velocity, tilt, rates, thrust, battery, setpoints), a state, a sequence of actions, 0.1 s apart.
Output: positions and velocities with calibrated intervals, battery current, and the disagreement of five members.
It serves planning on board. It is no safety device: the guard does not know it, and when disagreement exceeds its
threshold (${fixed(calibration.disagreement.thresholdMps)} m/s, which ${percent(calibration.disagreement.falseTripRate)} of nominal plans do) the safe planner flies instead.

## Data
${data.source}: ${data.flights} flights, ${data.hours.toFixed(2)} h, ${data.transitions} transitions, seed ${data.seed}; ${data.testFlights} of the flights were kept
for the figures below and ${percent(calibration.coverage)} intervals were calibrated on yet others. No recording of a real vehicle was used.

## Training
${training.bestStep} of ${training.steps} optimiser steps, ${training.batch} windows per member and step, loss unrolled over ${training.horizon} steps, peak rate ${training.peakRate}.

## Figures, one second ahead, on held-out flights

| | learned model | fitted first-order response | constant velocity |
|---|---|---|---|
| velocity error, RMS, m/s | ${fixed(m.velocityRmsMps)} | ${fixed(m.velocityRmsBaselineMps)} | ${fixed(m.velocityRmsConstantMps)} |
| position error, RMS, m | ${fixed(m.positionRmsM)} | ${fixed(m.positionRmsBaselineM)} | ${fixed(m.positionRmsConstantM)} |

- Velocity error against the fitted response: ${fixed(m.errorRatio)} of it. The response was fitted to the same training flights: rate
  ${baseline.horizontal.ratePerS.toFixed(2)} s⁻¹ and gain ${baseline.horizontal.gain.toFixed(2)} horizontally, ${baseline.vertical.ratePerS.toFixed(2)} s⁻¹ and ${baseline.vertical.gain.toFixed(2)} vertically.
- ${percent(calibration.coverage)} intervals hold ${coverage} (velocity, then position: ahead, right, down).
- Disagreement tells excitation beyond training from nominal flight with AUROC ${fixed(m.aurocExcitation2x)} at 2× and ${fixed(m.aurocExcitation3x)} at 3×.
- The innovation monitor trips ${m.innovationTripsPerHour.toFixed(1)} times an hour in nominal flight.

## Limits
One class of vehicle (about 0.7–1.3 kg, PX4 velocity control near default gains), wind up to about 8 m/s with gusts, setpoints up to 10 m/s
horizontally. No ground effect, no downwash of neighbours, no damaged motors. Outside of this, expect disagreement to rise; changed
physics that look familiar from second to second are the innovation monitor's to see.
`;
};
