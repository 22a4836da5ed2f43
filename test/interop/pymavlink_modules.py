"""Uses pymavlink's helper modules on a stand-in: mavparm, mavwp, mavftp and mavutil's shortcuts. JSON lines.

    python3 pymavlink_modules.py udpin:127.0.0.1:14550
"""

import json
import os
import sys
import tempfile
import threading
import time

os.environ["MAVLINK20"] = "1"
from pymavlink import mavftp, mavparm, mavutil, mavwp  # noqa: E402

PREARM_CHECK = 0x10000000
PLAN = """QGC WPL 110
0\t1\t0\t16\t0\t0\t0\t0\t47.3977\t8.5456\t488.0\t1
1\t0\t3\t22\t0\t0\t0\t0\t47.3977\t8.5456\t15.0\t1
2\t0\t3\t16\t0\t0\t0\t0\t47.3979\t8.5456\t15.0\t1
"""
INDEX = "/etc/extras/component_general.json.xz"


def say(step, started, **fields):
    print(json.dumps({"step": step, "seconds": round(time.time() - started, 2), **fields}), flush=True)


class Station:
    def __init__(self, url):
        self.link = mavutil.mavlink_connection(url, source_system=255, source_component=190)
        threading.Thread(target=self.beat, daemon=True).start()

    def beat(self):
        while True:
            if self.link.target_system:
                self.link.mav.heartbeat_send(6, 8, 0, 0, 4)
            time.sleep(1)

    def wait(self, kind, seconds=3.0, wanted=lambda _: True):
        end = time.time() + seconds
        while time.time() < end:
            message = self.link.recv_match(type=kind, blocking=True, timeout=0.3)
            if message is not None and wanted(message):
                return message
        raise SystemExit(f"no {kind} within {seconds} s")

    def ack(self, command):
        return self.wait("COMMAND_ACK", wanted=lambda ack: ack.command == command).result


def parameters(station):
    started = time.time()
    kept = mavparm.MAVParmDict()
    set_float = kept.mavset(station.link, "MPC_XY_CRUISE", 4.5, retries=3)
    set_int = kept.mavset(
        station.link, "COM_RC_IN_MODE", 4, retries=3, parm_type=mavutil.mavlink.MAV_PARAM_TYPE_INT32
    )
    station.link.param_fetch_all()
    station.wait("PARAM_VALUE", 5, lambda value: value.param_index == value.param_count - 1)
    value = station.link.param("MPC_XY_CRUISE", -1)
    say("parameters", started, set=[set_float, set_int], known=len(station.link.params), value=value)


def missions(station):
    started = time.time()
    link = station.link
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(PLAN)
        file.flush()
        loader = mavwp.MAVWPLoader(link.target_system, 1)
        loader.load(file.name)
    link.mav.mission_count_send(link.target_system, 1, loader.count(), 0)
    while True:
        message = station.wait(["MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK"])
        if message.get_type() == "MISSION_ACK":
            break
        item = loader.item(message.seq)
        item.target_system, item.target_component = link.target_system, 1
        link.mav.send(item)
    link.waypoint_request_list_send()
    count = station.wait("MISSION_COUNT").count
    link.mav.mission_ack_send(link.target_system, 1, 0)
    link.waypoint_set_current_send(2)
    current = station.wait("MISSION_CURRENT", wanted=lambda message: message.seq == 2).seq
    link.waypoint_clear_all_send()
    cleared = station.wait("MISSION_ACK").type
    say("missions", started, ack=message.type, count=count, current=current, cleared=cleared)


def files(station):
    started = time.time()
    client = mavftp.MAVFTP(station.link, station.link.target_system, 1)
    client.cmd_list(["/etc/extras"])
    names = [entry.name for entry in client.list_result]
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "index.xz")
        client.cmd_get([INDEX, path])
        got = client.process_ftp_reply("OpenFileRO", timeout=10).error_code
        size = os.path.getsize(path)
        client.cmd_get(["/etc/nope", path])
        missing = client.process_ftp_reply("OpenFileRO", timeout=10).error_code
    say("files", started, names=names, got=int(got), size=size, missing=int(missing))


def modes(station):
    station.wait("SYS_STATUS", 60, lambda s: s.onboard_control_sensors_health & PREARM_CHECK)
    started = time.time()
    link = station.link
    results = {}
    for name in ("MISSION", "POSCTL", "LAND", "RTL", "OFFBOARD", "LOITER"):
        link.set_mode(name)
        result = station.ack(176)
        station.wait("HEARTBEAT", 2.5, lambda _, name=name: link.flightmode == name)
        results[name] = result
    say("modes", started, results=results, known=len(link.mode_mapping()))


def arming(station):
    started = time.time()
    link = station.link
    link.arducopter_arm()
    armed = station.ack(400)
    link.motors_armed_wait()
    link.arducopter_disarm()
    disarmed = station.ack(400)
    link.motors_disarmed_wait()
    say("arming", started, results=[armed, disarmed])


def main(url):
    started = time.time()
    station = Station(url)
    beat = station.link.wait_heartbeat(timeout=10)
    say("heartbeat", started, autopilot=beat.autopilot, target=station.link.target_system)
    for step in (parameters, missions, files, modes, arming):
        step(station)


main(sys.argv[1])
