"""Reads a .plan file with MAVSDK's importer for QGroundControl's, and uploads it. Prints the items as JSON.

    python3 mavsdk_plan.py udpin://127.0.0.1:14540 field.plan
"""

import asyncio
import json
import sys

from mavsdk import ComponentType, Configuration
from mavsdk.asyncio import Mavsdk
from mavsdk.asyncio.plugins.mission_raw import MissionRawAsync


def plain(items):
    return [
        {
            "command": item.command,
            "frame": item.frame,
            "x": item.x,
            "y": item.y,
            "z": item.z,
            "param1": None if item.param1 != item.param1 else item.param1,
        }
        for item in items
    ]


async def main(url, path):
    configuration = Configuration.create_with_component_type(ComponentType.GROUND_STATION)
    async with Mavsdk(configuration) as mavsdk:
        await mavsdk.add_any_connection(url)
        system = await mavsdk.first_autopilot(timeout_s=15.0)
        if system is None:
            raise SystemExit("no autopilot was found")
        raw = MissionRawAsync(system)
        with open(path) as file:
            plan = await raw.import_qgroundcontrol_mission_from_string(file.read())
        await raw.upload_mission(plan.mission_items)
        await raw.upload_geofence(plan.geofence_items)
        await raw.upload_rally_points(plan.rally_items)
        print(
            json.dumps(
                {
                    "mission": plain(plan.mission_items),
                    "fence": plain(plan.geofence_items),
                    "rally": plain(plan.rally_items),
                }
            )
        )


asyncio.run(main(*sys.argv[1:]))
