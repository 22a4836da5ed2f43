import { Option, type Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';
import { addFuzzCommands } from './register-fuzz.ts';
import type { Px4Options, SimOptions } from './prepare-swarm.ts';

interface RawOptions {
  drones: string;
  seed: string;
  mission: string;
  runDir: string;
  mapPort: string;
  portOffset: string;
  headless?: boolean;
  model?: string | false;
  px4: string;
  px4Binary?: string;
  px4Etc?: string;
}

interface RawRunOptions {
  drill?: string[];
  timeout?: string;
}

const px4Kinds: readonly Px4Options['kind'][] = ['stand-in', 'sitl', 'external'];

const px4Options = (raw: RawOptions): Px4Options => ({
  kind: px4Kinds.find((kind) => kind === raw.px4) ?? 'stand-in',
  binary: raw.px4Binary,
  etcDir: raw.px4Etc,
});

const simOptions = (raw: RawOptions): SimOptions => ({
  drones: wholeNumber(raw.drones, '--drones'),
  seed: wholeNumber(raw.seed, '--seed'),
  missionFile: raw.mission,
  runDir: raw.runDir,
  mapPort: wholeNumber(raw.mapPort, '--map-port'),
  portOffset: wholeNumber(raw.portOffset, '--port-offset'),
  headless: raw.headless === true,
  modelDir: raw.model === false ? null : (raw.model ?? 'models/current'),
  px4: px4Options(raw),
});

const PX4_HELP = `
--px4 stand-in   our own stand-ins, which speak MAVLink as PX4 does (default)
--px4 sitl       one real PX4 process for each drone, from a build of yours, with its built-in simulator
--px4 external   PX4s that run already on PX4 SITL's ports (14580 + N, 14540 + N), e.g. in containers`;

const withSimOptions = (command: Command): Command =>
  command
    .option('--drones <n>', 'how many drones', '5')
    .option('--seed <n>', 'seeds wind, noise, targets and planners', '1')
    .option('--mission <file>', 'the mission', 'missions/search-irchel.yaml')
    .option('--run-dir <dir>', 'where keys, logs and records go; replaced', '.skein/run')
    .option('--map-port <port>', 'TCP port of the map page; 0 takes any free one', '8650')
    .option(
      '--port-offset <n>',
      'added to every UDP and mesh port, to run beside another swarm',
      '0',
    )
    .option('--model <dir>', 'directory of a signed model release')
    .option('--no-model', 'fly by the analytic model')
    .option('--headless', 'plain lines and no map page')
    .addOption(
      new Option('--px4 <what>', 'who flies the vehicles: see below')
        .choices([...px4Kinds])
        .default('stand-in'),
    )
    .option('--px4-binary <file>', 'the px4 program of a SITL build, for --px4 sitl (or SKEIN_PX4)')
    .option('--px4-etc <dir>', 'its startup files (default: etc beside its bin)')
    .addHelpText('after', PX4_HELP);

/** Commands that make a world to fly in, and the processes of an agent and a station. */
export const addSimCommands = (program: Command): void => {
  const sim = program.command('sim').description('simulated swarms over PX4 stand-ins');
  withSimOptions(sim.command('run'))
    .description('fly a mission from start to landing and sum it up')
    .addHelpText(
      'after',
      '\nExamples:\n  skein sim run --seed 7 --headless\n  skein sim run --mission missions/search-irchel-corner.yaml --drones 3',
    )
    .option(
      '--drill <what...>',
      'a mishap, e.g. kill:mind:2@60, pause:mesh:3@60+10, cut:1@40+5, payload:4@30, gps:1@40+20, battery=12:2@40, reboot:3@40, ekf=8:1@40',
    )
    .option('--timeout <seconds>', "give up after; default: the mission's time limit")
    .action(async (raw: RawOptions & RawRunOptions, command: Command) => {
      const [{ runSim }, { parseDrill }] = await Promise.all([
        import('./sim-run.ts'),
        import('#sim/swarm/drill.ts'),
      ]);
      const timeoutS =
        raw.timeout === undefined ? undefined : wholeNumber(raw.timeout, '--timeout');
      const drills = (raw.drill ?? []).map(parseDrill);
      await withContext(command, (context) =>
        runSim(context, { ...simOptions(raw), drills, timeoutS }),
      );
    });
  withSimOptions(sim.command('up'))
    .description('start the swarm and its station, and keep them until interrupted')
    .addHelpText(
      'after',
      '\nExample:\n  skein sim up --drones 3 &\n  skein mission start missions/search-irchel-corner.yaml',
    )
    .action(async (raw: RawOptions, command: Command) => {
      const { runSimUp } = await import('./sim-up.ts');
      await withContext(command, (context) => runSimUp(context, simOptions(raw)));
    });
  addFuzzCommands(sim);
  addSetupCommands(sim);
  addProcessCommands(program);
};

/** The parts of `sim up`, for containers and units of the system. */
const addSetupCommands = (sim: Command): void => {
  withSimOptions(sim.command('init'))
    .description('write keys and configurations of a swarm, and start nothing')
    .addHelpText(
      'after',
      '\nExample:\n  skein sim init --px4 external --drones 3 --run-dir /run/skein/swarm',
    )
    .action(async (raw: RawOptions, command: Command) => {
      const { runSimInit } = await import('./sim-up.ts');
      await withContext(command, (context) => runSimInit(context, simOptions(raw)));
    });
  sim
    .command('watch')
    .description('payloads and the truth beside vehicles that real PX4s fly')
    .option('--run-dir <dir>', 'as given to sim init', '.skein/run')
    .addHelpText('after', '\nExample:\n  skein sim watch --run-dir /run/skein/swarm')
    .action(async (options: { runDir: string }) => {
      const { runPx4Watch } = await import('#sim/px4/main.ts');
      await runPx4Watch(`${options.runDir}/scenario.json`, options.runDir);
    });
};

const addProcessCommands = (program: Command): void => {
  program
    .command('station')
    .description("the ground station: the swarm's operator, map page and journal")
    .requiredOption('--config <file>', "the station's configuration")
    .action(async (options: { config: string }) => {
      const { runStation } = await import('../station/main.ts');
      // Timers and a transport that takes its time to close would keep the process for ever.
      process.exit(await runStation(options.config));
    });
  program
    .command('agent')
    .description('one drone: supervisor, pilot, mesh, mind and recorder')
    .requiredOption('--config <file>', "the agent's configuration")
    .action(async (options: { config: string }) => {
      const { runAgent } = await import('#agent/main.ts');
      runAgent(options.config);
    });
};
