import type { Command } from 'commander';

import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import type { Context } from './context.ts';
import { withContext } from './register-flight.ts';
import type { LinkFlags } from './vehicle-link.ts';

/** Where the vehicles of PX4 SITL, and of `skein sim up`, send to a ground station; the agents hold the other link. */
const DEFAULT_LINK = 'udpin://127.0.0.1:14550';

interface WriteFlags extends LinkFlags {
  whileArmed?: boolean;
}

/** A command that speaks to one vehicle itself, without station and agent. */
const vehicleCommand = (parent: Command, usage: string, description: string): Command =>
  linkCommand(parent, usage, description).option(
    '--sysid <n>',
    'the vehicle meant, if the link has several',
  );

/** As {@link vehicleCommand}, for several vehicles of a link at once too. */
const fleetCommand = (parent: Command, usage: string, description: string): Command =>
  linkCommand(parent, usage, description)
    .option('--sysid <list>', 'the vehicle meant, or several with commas')
    .option('--all', 'every vehicle that the link has');

const linkCommand = (parent: Command, usage: string, description: string): Command =>
  parent
    .command(usage)
    .description(description)
    .option('--link <url>', 'udpin, udpout, tcpin, tcpout or serial link to it', DEFAULT_LINK)
    .option('--signing-key <file>', 'the key that the vehicle signs with, if it does')
    .option('--timeout <seconds>', 'how long to wait for its heartbeat', '5');

const onVehicle = async (
  command: Command,
  action: (context: Context, session: VehicleSession) => Promise<number>,
): Promise<void> => {
  const { withVehicle } = await import('./vehicle-link.ts');
  await withContext(command, (context) =>
    withVehicle(command.opts<LinkFlags>(), (session) => action(context, session)),
  );
};

/** As {@link onVehicle}, with those that --sysid and --all name. */
const onFleet = async (
  command: Command,
  action: (context: Context, session: VehicleSession) => Promise<number>,
): Promise<void> => {
  const { onVehicles } = await import('./vehicle-fleet.ts');
  await withContext(command, (context) => onVehicles(context, command.opts<LinkFlags>(), action));
};

/** As {@link onFleet}, refused while the vehicle is armed. */
const onFleetAtRest = async (
  command: Command,
  what: string,
  action: (context: Context, session: VehicleSession) => Promise<number>,
): Promise<void> => {
  const { refuseWhileArmed } = await import('./vehicle-link.ts');
  await onFleet(command, async (context, session) => {
    if (command.opts<WriteFlags>().whileArmed !== true) refuseWhileArmed(session, what);
    return action(context, session);
  });
};

/** As {@link onVehicle}, refused while the vehicle is armed. */
const onVehicleAtRest = async (
  command: Command,
  what: string,
  action: (context: Context, session: VehicleSession) => Promise<number>,
): Promise<void> => {
  const { refuseWhileArmed } = await import('./vehicle-link.ts');
  await onVehicle(command, (context, session) => {
    if (command.opts<WriteFlags>().whileArmed !== true) refuseWhileArmed(session, what);
    return action(context, session);
  });
};

const WHILE_ARMED = ['--while-armed', 'also when the vehicle is armed'] as const;

/** `skein vehicle …`: one flight controller, by its own link, for bench and field. */
export const addVehicleCommands = (program: Command): void => {
  const vehicle = program
    .command('vehicle')
    .description('one flight controller by its own link: parameters, plans, restart')
    .addHelpText(
      'after',
      `
Examples:
  skein vehicle list
  skein vehicle info --sysid 2
  skein vehicle param set RTL_RETURN_ALT 35 --sysid 1,2,3
  skein vehicle info --link serial:///dev/ttyAMA0:921600
  skein vehicle param get COM_OBL_RC_ACT RTL_RETURN_ALT
  skein vehicle param save quad-1.params && skein vehicle param diff quad-1.params
  skein vehicle plan upload field.plan --part mission,fence

A drone's agent holds the link that it flies by: use another link of the flight controller, such as
the ground station's (the default), or stop the agent.`,
    );
  linkCommand(vehicle, 'list', 'who is on the link: system id, autopilot, mode').action(
    async (_options: object, command: Command) => {
      const { runVehicleList } = await import('./vehicle-fleet.ts');
      await withContext(command, (context) => runVehicleList(context, command.opts<LinkFlags>()));
    },
  );
  fleetCommand(vehicle, 'info', 'version, mode, battery, GPS and link of the vehicle').action(
    async (_options: object, command: Command) => {
      const { runVehicleInfo } = await import('./vehicle-info.ts');
      await onFleet(command, runVehicleInfo);
    },
  );
  fleetCommand(vehicle, 'reboot', 'restart the flight controller')
    .option(...WHILE_ARMED)
    .action(async (_options: object, command: Command) => {
      const { runVehicleReboot } = await import('./vehicle-info.ts');
      await onFleetAtRest(command, 'a restart', runVehicleReboot);
    });
  vehicleCommand(
    vehicle,
    'offboard-check',
    'whether setpoints arrive and their loss is noticed; the vehicle stays disarmed',
  ).action(async (_options: object, command: Command) => {
    const { runOffboardCheck } = await import('./vehicle-offboard.ts');
    await onVehicleAtRest(command, 'the check', runOffboardCheck);
  });
  addSigningCommands(vehicle);
  addParamCommands(vehicle);
  addPlanCommands(vehicle);
};

const addParamCommands = (vehicle: Command): void => {
  const param = vehicle.command('param').description('read and set parameters of PX4');
  fleetCommand(param, 'list', 'all parameters')
    .option('--prefix <text>', 'only names that begin so, e.g. MPC_')
    .action(async (options: { prefix?: string }, command: Command) => {
      const { runParamList } = await import('./vehicle-param.ts');
      await onFleet(command, (context, session) => runParamList(context, session, options.prefix));
    });
  fleetCommand(param, 'get <names...>', 'some parameters').action(
    async (names: string[], _options: object, command: Command) => {
      const { runParamGet } = await import('./vehicle-param.ts');
      await onFleet(command, (context, session) => runParamGet(context, session, names));
    },
  );
  fleetCommand(param, 'set <name> <value>', 'set one, and read it back')
    .option(...WHILE_ARMED)
    .addHelpText('after', '\nExample:\n  skein vehicle param set COM_OBL_RC_ACT 3')
    .action(async (name: string, value: string, _options: object, command: Command) => {
      const { runParamSet } = await import('./vehicle-param.ts');
      await onFleetAtRest(command, 'setting a parameter', (context, session) =>
        runParamSet(context, session, name, value),
      );
    });
  vehicleCommand(param, 'save <file>', 'write all to a .params file, as QGroundControl does')
    .option('--force', 'replace an existing file')
    .action(async (file: string, options: { force?: boolean }, command: Command) => {
      const { runParamSave } = await import('./vehicle-param.ts');
      await onVehicle(command, (context, session) =>
        runParamSave(context, session, file, { replace: options.force === true }),
      );
    });
  fleetCommand(param, 'load <file>', 'set what differs from a .params file, and read it back')
    .option('--dry-run', 'only show what would be set')
    .option(...WHILE_ARMED)
    .action(async (file: string, options: { dryRun?: boolean }, command: Command) => {
      const { runParamLoad } = await import('./vehicle-param.ts');
      await onFleetAtRest(command, 'loading parameters', (context, session) =>
        runParamLoad(context, session, file, { dryRun: options.dryRun === true }),
      );
    });
  fleetCommand(param, 'diff <file>', 'what differs from a .params file; exit 1 if anything').action(
    async (file: string, _options: object, command: Command) => {
      const { runParamDiff } = await import('./vehicle-param.ts');
      await onFleet(command, (context, session) => runParamDiff(context, session, file));
    },
  );
};

const PART = ['--part <names>', 'of mission, fence and rally, only these (with commas)'] as const;

const addPlanCommands = (vehicle: Command): void => {
  const plan = vehicle
    .command('plan')
    .description("mission, geofence and rally points as QGroundControl's .plan files");
  fleetCommand(plan, 'upload <file>', 'replace what the vehicle holds, and read it back')
    .option(...PART)
    .addHelpText('after', '\nExample:\n  skein vehicle plan upload field.plan --part fence,rally')
    .action(async (file: string, options: { part?: string }, command: Command) => {
      const { loadPlan, planPartsOf, runPlanUpload } = await import('./vehicle-plan.ts');
      const parts = planPartsOf(options.part);
      const plan = await loadPlan(file);
      await onFleet(command, (context, session) =>
        runPlanUpload(context, session, { plan, file }, parts),
      );
    });
  vehicleCommand(plan, 'download <file>', 'write what the vehicle holds')
    .option('--force', 'replace an existing file')
    .action(async (file: string, options: { force?: boolean }, command: Command) => {
      const { runPlanDownload } = await import('./vehicle-plan.ts');
      await onVehicle(command, (context, session) =>
        runPlanDownload(context, session, file, { replace: options.force === true }),
      );
    });
  fleetCommand(plan, 'compare <file>', 'what differs; exit 1 if anything')
    .option(...PART)
    .action(async (file: string, options: { part?: string }, command: Command) => {
      const { loadPlan, planPartsOf, runPlanCompare } = await import('./vehicle-plan.ts');
      const parts = planPartsOf(options.part);
      const plan = await loadPlan(file);
      await onFleet(command, (context, session) =>
        runPlanCompare(context, session, { plan, file }, parts),
      );
    });
  fleetCommand(plan, 'clear', 'remove what the vehicle holds')
    .option(...PART)
    .action(async (options: { part?: string }, command: Command) => {
      const { planPartsOf, runPlanClear } = await import('./vehicle-plan.ts');
      const parts = planPartsOf(options.part);
      await onFleet(command, (context, session) => runPlanClear(context, session, parts));
    });
};

const addSigningCommands = (vehicle: Command): void => {
  const signing = vehicle
    .command('signing')
    .description('MAVLink 2 signing (PX4 v1.17 and later): who has no key can command nothing');
  vehicleCommand(
    signing,
    'enable <keyfile>',
    'give the vehicle this key, over a link that you trust',
  )
    .addHelpText(
      'after',
      '\nExample:\n  (umask 077; openssl rand -hex 32 > swarm.key)\n  skein vehicle signing enable swarm.key --sysid 2',
    )
    .action(async (keyFile: string, _options: object, command: Command) => {
      const [{ runSigningEnable }, { withSecuredVehicle }] = await Promise.all([
        import('./vehicle-signing.ts'),
        import('./vehicle-link.ts'),
      ]);
      await withContext(command, (context) =>
        withSecuredVehicle(command.opts<LinkFlags>(), (session, link) =>
          runSigningEnable(context, session, link, keyFile),
        ),
      );
    });
  vehicleCommand(signing, 'disable', 'take the key away again; needs --signing-key').action(
    async (_options: object, command: Command) => {
      const [{ runSigningDisable }, { withSecuredVehicle }] = await Promise.all([
        import('./vehicle-signing.ts'),
        import('./vehicle-link.ts'),
      ]);
      await withContext(command, (context) =>
        withSecuredVehicle(command.opts<LinkFlags>(), (session, link) =>
          runSigningDisable(context, session, link),
        ),
      );
    },
  );
};
