/**
 * The `skein` command. Each subcommand loads its own code when it is called, so that `skein status`
 * starts fast and needs nothing of the simulator or the models.
 */
import { Command, CommanderError } from 'commander';

import { EXIT, Fault } from '#protocols/fault.ts';
import { addFlightCommands } from './commands/register-flight.ts';
import { addMeshCommands } from './commands/register-mesh.ts';
import { addModelCommands } from './commands/register-model.ts';
import { addPreflightCommand } from './commands/register-preflight.ts';
import { addRecordCommands } from './commands/register-record.ts';
import { addRosterCommands } from './commands/register-roster.ts';
import { addScenarioCommands } from './commands/register-scenario.ts';
import { addSimCommands } from './commands/register-sim.ts';
import { addSweepCommands } from './commands/register-sweep.ts';
import { addVehicleCommands } from './commands/register-vehicle.ts';
import { faultText } from './output.ts';

const program = new Command('skein')
  .description(
    'Coordinates a swarm of small UAVs: simulate it, fly it, watch it, verify its records.',
  )
  .option('--json', 'print JSON (JSON Lines for streams) on stdout')
  .option('--no-color', 'plain text')
  .option('--station <socket>', 'Unix socket of the station (default .skein/station.sock)')
  .showHelpAfterError('(skein --help shows what there is)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  skein sim run                                     five simulated drones search an area
  skein sim up --drones 5 &                         the swarm and its station, for the commands below
  skein mission start missions/search-irchel.yaml
  skein watch
  skein abort --all
  skein log verify .skein/run

Exit codes: 0 ok, 1 failed, 2 usage, 3 refused, 4 partial, 5 no link, 124 timeout, 130 interrupted.`,
  );

addFlightCommands(program);
addPreflightCommand(program);
addSimCommands(program);
addScenarioCommands(program);
addSweepCommands(program);
addVehicleCommands(program);
addRosterCommands(program);
addMeshCommands(program);
addModelCommands(program);
addRecordCommands(program);

const run = async (): Promise<number> => {
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(faultText(error, process.argv.includes('--json')));
    return EXIT[error.exit];
  }
};

/**
 * Whoever read our output has seen enough (`skein … | head`). A command that runs something brings it
 * down as when it is told to stop; any other is done.
 */
const endQuietly = (error: Error): void => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM');
  else process.exit(process.exitCode ?? EXIT.ok);
};

process.stdout.on('error', endQuietly);
process.stderr.on('error', endQuietly);
process.exitCode = await run();
