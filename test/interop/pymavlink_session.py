"""Drives a stand-in with pymavlink, as a ground station's script would. One JSON line for each step.

    python3 pymavlink_session.py udpin:127.0.0.1:14550
"""

import json
import os
import sys
import time

os.environ["MAVLINK20"] = "1"
from pymavlink import mavutil  # noqa: E402

PREARM_CHECK = 0x10000000
ARMED = 128


def say(step, started, **fields):
    print(json.dumps({"step": step, "seconds": round(time.time() - started, 2), **fields}), flush=True)


class Station:
    def __init__(self, url):
        self.link = mavutil.mavlink_connection(url, source_system=255, source_component=190, dialect="common")
        self.beat_at = 0.0

    def beat(self):
        if time.time() < self.beat_at:
            return
        self.beat_at = time.time() + 1
        self.link.mav.heartbeat_send(6, 8, 0, 0, 4)

    def wait(self, kind, seconds=3.0, wanted=lambda _: True):
        end = time.time() + seconds
        while time.time() < end:
            self.beat()
            message = self.link.recv_match(type=kind, blocking=True, timeout=0.2)
            if message is not None and message.get_srcComponent() == 1 and wanted(message):
                return message
        raise SystemExit(f"no {kind} within {seconds} s")

    def command(self, command, *params):
        self.beat()
        padded = [*params, *[0] * (7 - len(params))]
        self.link.mav.command_long_send(1, 1, command, 0, *padded)
        return self.wait("COMMAND_ACK", wanted=lambda ack: ack.command == command).result


def upload(station, kind, positions):
    mav = station.link.mav
    mav.mission_count_send(1, 1, len(positions), kind)
    while True:
        message = station.wait(["MISSION_REQUEST_INT", "MISSION_REQUEST", "MISSION_ACK"])
        if message.get_type() == "MISSION_ACK":
            return message.type
        command, frame, latitude, longitude, altitude = positions[message.seq]
        mav.mission_item_int_send(
            1, 1, message.seq, frame, command, 0, 1, 0, 0, 0, float("nan"),
            int(latitude * 1e7), int(longitude * 1e7), altitude, kind,
        )


def count(station, kind):
    station.link.mav.mission_request_list_send(1, 1, kind)
    found = station.wait("MISSION_COUNT", wanted=lambda message: message.mission_type == kind).count
    # Ends the download; without it PX4 stays busy for five seconds.
    station.link.mav.mission_ack_send(1, 1, 0, kind)
    return found


def main(url):
    started = time.time()
    station = Station(url)
    heartbeat = station.wait("HEARTBEAT", 10)
    say("heartbeat", started, autopilot=heartbeat.autopilot, version=heartbeat.mavlink_version)
    mav = station.link.mav

    started = time.time()
    results = [station.command(512, msgid) for msgid in (148, 300, 242, 435, 397, 9999)]
    version = station.link.messages["AUTOPILOT_VERSION"]
    say("identity", started, results=results, version=hex(version.flight_sw_version))

    started = time.time()
    mav.param_request_list_send(1, 1)
    first = station.wait("PARAM_VALUE")
    names = set()
    while len(names) < first.param_count:
        names.add(station.wait("PARAM_VALUE").param_id)
    mav.param_set_send(1, 1, b"MIS_TAKEOFF_ALT", 4.0, 9)
    echo = station.wait("PARAM_VALUE", wanted=lambda value: value.param_id == "MIS_TAKEOFF_ALT")
    say("parameters", started, first=first.param_id, count=len(names), set=echo.param_value)

    started = time.time()
    home = station.wait("HOME_POSITION", 5)
    latitude, longitude = home.latitude / 1e7, home.longitude / 1e7
    before = [count(station, kind) for kind in (0, 1, 2)]
    waypoints = [(16, 6, latitude + 0.0001 * k, longitude, 10.0) for k in (1, 2, 3)]
    ack = upload(station, 0, waypoints)
    say("missions", started, before=before, ack=ack, after=count(station, 0))

    started = time.time()
    station.wait("SYS_STATUS", 60, lambda s: s.onboard_control_sensors_health & PREARM_CHECK)
    say("ready", started)

    started = time.time()
    nan = float("nan")
    results = [station.command(22, 0, 0, 0, nan, nan, nan, nan), station.command(400, 1)]
    climbed = station.wait("GLOBAL_POSITION_INT", 30, lambda p: p.relative_alt > 3500)
    text = station.link.messages["STATUSTEXT"].text
    say("takeoff", started, results=results, height=climbed.relative_alt / 1000, text=text)

    started = time.time()
    result = station.command(176, 1, 4, 6)
    station.wait("HEARTBEAT", 60, lambda beat: not beat.base_mode & ARMED)
    say("landed", started, result=result)


main(sys.argv[1])
