"""Asks a stand-in everything that MAVSDK (4.x) has a call for, on the ground. One JSON line for each step.

    python3 mavsdk_questions.py udpin://127.0.0.1:14540
"""

import asyncio
import json
import sys
import tempfile
import time

from mavsdk import ComponentType, Configuration
from mavsdk.asyncio import Mavsdk
from mavsdk.asyncio.plugins.action import ActionAsync
from mavsdk.asyncio.plugins.calibration import CalibrationAsync
from mavsdk.asyncio.plugins.component_metadata import ComponentMetadataAsync
from mavsdk.asyncio.plugins.events import EventsAsync
from mavsdk.asyncio.plugins.ftp import FtpAsync
from mavsdk.asyncio.plugins.geofence import GeofenceAsync
from mavsdk.asyncio.plugins.info import InfoAsync
from mavsdk.asyncio.plugins.log_files import LogFilesAsync
from mavsdk.asyncio.plugins.mission_raw import MissionRawAsync
from mavsdk.asyncio.plugins.offboard import OffboardAsync
from mavsdk.asyncio.plugins.param import ParamAsync
from mavsdk.asyncio.plugins.telemetry import TelemetryAsync
from mavsdk.plugins.geofence import Circle, FenceType, GeofenceData, Point, Polygon
from mavsdk.plugins.mission_raw import MissionItem

# What PX4 SITL does not send by itself, nor has the sensor or the simulator's module for.
SILENT = {"actuator_control_target", "raw_imu", "wind", "status_text"}
# What it sends to who asks for it.
ON_REQUEST = ["actuator_output_status", "ground_truth", "scaled_imu"]
INDEX = "/etc/extras/component_general.json.xz"


def say(step, started, **fields):
    print(json.dumps({"step": step, "seconds": round(time.time() - started, 2), **fields}), flush=True)


async def first(stream, wanted=lambda _: True, seconds=30):
    async def wait():
        async for value in stream:
            if wanted(value):
                return value

    return await asyncio.wait_for(wait(), seconds)


async def drain(stream):
    return [value async for value in stream]


async def refusal(call):
    """The word with which a call is refused; "" if it is not."""
    try:
        await call
    except Exception as error:  # noqa: BLE001: every plugin has a class of its own
        return str(error).split(";")[0]
    return ""


async def count(stream, seconds):
    seen = 0

    async def listen():
        nonlocal seen
        async for _ in stream:
            seen += 1

    try:
        await asyncio.wait_for(listen(), seconds)
    except asyncio.TimeoutError:
        pass
    return seen


async def telemetry(system):
    plugin = TelemetryAsync(system)
    await first(plugin.subscribe_health_all_ok(), bool, 60)
    started = time.time()
    for name in ON_REQUEST:
        await getattr(plugin, f"set_rate_{name}")(10.0)
    names = [name.removeprefix("subscribe_") for name in dir(plugin) if name.startswith("subscribe_")]
    counts = await asyncio.gather(*[count(getattr(plugin, f"subscribe_{name}")(), 4) for name in names])
    silent = sorted(name for name, seen in zip(names, counts) if seen == 0)
    rates = {name: seen / 4 for name, seen in zip(names, counts) if name in ON_REQUEST}
    say("telemetry", started, subscriptions=len(names), unexpected=sorted(set(silent) - SILENT), rates=rates)


async def identity(system):
    started = time.time()
    info = InfoAsync(system)
    flight = await first(info.subscribe_flight_information(), seconds=5)
    product = await info.get_product()
    say("identity", started, product=product.product_name, flight=flight.time_boot_ms > 0)


async def parameters(system):
    started = time.time()
    param = ParamAsync(system)
    refused = [
        await refusal(param.get_param_int("NO_SUCH")),
        await refusal(param.set_param_int("NO_SUCH", 3)),
        await refusal(param.get_param_float("COM_RC_IN_MODE")),
        await refusal(param.set_param_float("COM_RC_IN_MODE", 2.0)),
    ]
    say("parameters", started, refused=refused)


async def calibrations(system):
    started = time.time()
    plugin = CalibrationAsync(system)
    gyro = await drain(plugin.calibrate_gyro())
    accelerometers = asyncio.create_task(refusal(drain(plugin.calibrate_accelerometer())))
    await asyncio.sleep(1)
    await plugin.cancel()
    say("calibrations", started, gyro=len(gyro), cancelled=await accelerometers)


async def files(system):
    started = time.time()
    ftp = FtpAsync(system)
    listing = await ftp.list_directory("/etc/extras")
    with tempfile.TemporaryDirectory() as directory:
        await drain(ftp.download(INDEX, directory, True))
        same = await ftp.are_files_identical(f"{directory}/component_general.json.xz", INDEX)
        missing = await refusal(drain(ftp.download("/etc/nope", directory, True)))
        protected = await refusal(drain(ftp.upload(__file__, "/")))
    logs = await refusal(LogFilesAsync(system).get_entries())
    say("files", started, files=len(listing.entries), same=same, refused=[missing, protected, logs])


async def metadata(system):
    started = time.time()
    plugin = ComponentMetadataAsync(system)
    task = asyncio.create_task(first(plugin.subscribe_metadata_available(), lambda m: m.json_metadata, 10))
    await asyncio.sleep(0.1)
    await plugin.request_autopilot_component()
    document = json.loads((await task).json_metadata)
    say("metadata", started, parameters=len(document["parameters"]))


async def health(system):
    """The report on what keeps from arming, for which MAVSDK reads the events and what they mean."""
    started = time.time()
    plugin = EventsAsync(system)
    for _ in range(40):
        try:
            report = await plugin.get_health_and_arming_checks_report()
            break
        except Exception:  # noqa: BLE001: not there yet
            await asyncio.sleep(0.25)
    mode = report.current_mode_intention
    labels = sorted(part.label for part in report.health_components if part.is_present)
    say("health", started, mode=mode.mode_name, can_arm=mode.can_arm_or_run, present=labels)


async def plans(system):
    started = time.time()
    raw = MissionRawAsync(system)
    home = (47.3977, 8.5456)
    corners = [Point(home[0] + dy, home[1] + dx) for dy, dx in ((0.01, -0.01), (0.01, 0.01), (-0.01, 0.01))]
    fence = GeofenceAsync(system)
    circle = Circle(Point(home[0] + 0.005, home[1]), 20.0, FenceType.EXCLUSION)
    await fence.upload_geofence(GeofenceData([Polygon(corners, FenceType.INCLUSION)], [circle]))
    fence_items = len(await raw.download_geofence())
    await fence.clear_geofence()
    rally = MissionItem(0, 3, 5100, 0, 1, 0.0, 0.0, 0.0, 0.0, int(home[0] * 1e7), int(home[1] * 1e7), 20.0, 2)
    await raw.upload_rally_points([rally])
    back = await raw.download_rallypoints()
    left = len(await raw.download_geofence())
    say("plans", started, fence=fence_items, left=left, rally=[item.command for item in back])


async def refusals(system):
    started = time.time()
    action = ActionAsync(system)
    offboard = OffboardAsync(system)
    on_ground = [
        await refusal(offboard.start()),
        await refusal(action.terminate()),
        await refusal(action.transition_to_fixedwing()),
    ]
    moved = await refusal(action.set_gps_global_origin(47.3977, 8.5456, 488.0))
    await action.hold()
    await action.arm()
    armed = [await refusal(action.reboot()), await refusal(action.shutdown())]
    await action.disarm()
    say("refusals", started, ground=on_ground, armed=armed, origin=moved)


async def main(url):
    configuration = Configuration.create_with_component_type(ComponentType.GROUND_STATION)
    async with Mavsdk(configuration) as mavsdk:
        await mavsdk.add_any_connection(url)
        system = await mavsdk.first_autopilot(timeout_s=15.0)
        if system is None:
            raise SystemExit("no autopilot was found")
        for ask in (telemetry, identity, parameters, calibrations, files, metadata, health, plans, refusals):
            await ask(system)


asyncio.run(main(sys.argv[1]))
