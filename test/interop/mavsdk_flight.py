"""Flies a stand-in with MAVSDK (4.x), as an application would. One JSON line for each step.

    python3 mavsdk_flight.py udpin://127.0.0.1:14540
"""

import asyncio
import json
import math
import sys
import time

from mavsdk import ComponentType, Configuration
from mavsdk.asyncio import Mavsdk
from mavsdk.asyncio.plugins.action import ActionAsync
from mavsdk.asyncio.plugins.info import InfoAsync
from mavsdk.asyncio.plugins.mission import MissionAsync
from mavsdk.asyncio.plugins.offboard import OffboardAsync
from mavsdk.asyncio.plugins.param import ParamAsync
from mavsdk.asyncio.plugins.telemetry import TelemetryAsync
from mavsdk.plugins.mission import MissionItem, MissionPlan
from mavsdk.plugins.offboard import VelocityNedYaw


def say(step, started, **fields):
    print(json.dumps({"step": step, "seconds": round(time.time() - started, 2), **fields}), flush=True)


async def until(stream, wanted, seconds):
    async def wait():
        async for value in stream:
            if wanted(value):
                return value

    return await asyncio.wait_for(wait(), seconds)


def item(latitude_deg, longitude_deg):
    return MissionItem(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        relative_altitude_m=8.0,
        speed_m_s=5.0,
        is_fly_through=True,
        gimbal_pitch_deg=math.nan,
        gimbal_yaw_deg=math.nan,
        camera_action=MissionItem.CameraAction.NONE,
        loiter_time_s=math.nan,
        camera_photo_interval_s=math.nan,
        acceptance_radius_m=2.0,
        yaw_deg=math.nan,
        camera_photo_distance_m=math.nan,
        vehicle_action=MissionItem.VehicleAction.NONE,
    )


async def ask(system):
    """What an application asks before it flies; returns the telemetry and home."""
    started = time.time()
    info = InfoAsync(system)
    version = await info.get_version()
    say("version", started, major=version.flight_sw_major, minor=version.flight_sw_minor)
    started = time.time()
    param = ParamAsync(system)
    everything = await param.get_all_params()
    say(
        "parameters",
        started,
        count=len(everything.int_params) + len(everything.float_params),
        mode1=await param.get_param_int("COM_FLTMODE1"),
    )
    started = time.time()
    await param.set_param_float("MIS_TAKEOFF_ALT", 6.0)
    say("set", started, value=await param.get_param_float("MIS_TAKEOFF_ALT"))
    started = time.time()
    telemetry = TelemetryAsync(system)
    await until(
        telemetry.subscribe_health(),
        lambda h: h.is_global_position_ok and h.is_home_position_ok and h.is_armable,
        60,
    )
    say("ready", started)
    started = time.time()
    home = await until(telemetry.subscribe_home(), lambda _: True, 10)
    battery = await until(telemetry.subscribe_battery(), lambda _: True, 10)
    gps = await until(telemetry.subscribe_gps_info(), lambda _: True, 10)
    odometry = await until(telemetry.subscribe_odometry(), lambda _: True, 10)
    say(
        "telemetry",
        started,
        home=[home.latitude_deg, home.longitude_deg],
        battery=battery.remaining_percent,
        satellites=gps.num_satellites,
        odometry=odometry.position_body.z_m,
    )
    return telemetry, home


async def plan(system, home):
    started = time.time()
    mission = MissionAsync(system)
    wanted = [
        item(home.latitude_deg + 0.0002, home.longitude_deg),
        item(home.latitude_deg + 0.0002, home.longitude_deg + 0.0002),
    ]
    await mission.upload_mission(MissionPlan(wanted))
    back = await mission.download_mission()
    say("mission", started, items=len(back.mission_items))
    return mission


async def fly(system, telemetry, mission):
    started = time.time()
    action = ActionAsync(system)
    await action.arm()
    await action.takeoff()
    position = await until(
        telemetry.subscribe_position(), lambda p: p.relative_altitude_m > 5.3, 40
    )
    say("takeoff", started, height=position.relative_altitude_m)

    started = time.time()
    offboard = OffboardAsync(system)
    await offboard.set_velocity_ned(VelocityNedYaw(2.0, 0.0, 0.0, 0.0))
    await offboard.start()
    velocity = await until(telemetry.subscribe_velocity_ned(), lambda v: v.north_m_s > 1.4, 15)
    active = await offboard.is_active()
    await offboard.stop()
    say("offboard", started, north=velocity.north_m_s, active=active)

    started = time.time()
    await mission.start_mission()
    await until(mission.subscribe_mission_progress(), lambda p: p.current == p.total == 2, 90)
    say("flown", started, finished=await mission.is_mission_finished())

    started = time.time()
    await action.land()
    await until(telemetry.subscribe_armed(), lambda armed: not armed, 60)
    say("landed", started)


async def main(url):
    started = time.time()
    configuration = Configuration.create_with_component_type(ComponentType.GROUND_STATION)
    async with Mavsdk(configuration) as mavsdk:
        await mavsdk.add_any_connection(url)
        system = await mavsdk.first_autopilot(timeout_s=15.0)
        if system is None:
            raise SystemExit("no autopilot was found")
        say("found", started, sysid=await system.get_system_id())
        telemetry, home = await ask(system)
        mission = await plan(system, home)
        await fly(system, telemetry, mission)


asyncio.run(main(sys.argv[1]))
