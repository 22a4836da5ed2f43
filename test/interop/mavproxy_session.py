"""Types at MAVProxy's prompt as an operator would, and waits for what it prints. One JSON line for each step.

    python3 mavproxy_session.py udpin:127.0.0.1:14550
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

MODULES = "link,log,wp,rally,fence,ftp,param,arm,mode,misc,cmdlong,calibration"
MISSION = """QGC WPL 110
0\t1\t0\t16\t0\t0\t0\t0\t47.3977\t8.5456\t488.0\t1
1\t0\t3\t22\t0\t0\t0\t0\t47.3977\t8.5456\t15.0\t1
2\t0\t3\t16\t0\t0\t0\t0\t47.3979\t8.5456\t15.0\t1
"""
FENCE = "QGC WPL 110\n" + "".join(
    f"{seq}\t0\t3\t5001\t3\t0\t0\t0\t{latitude}\t{longitude}\t0\t1\n"
    for seq, (latitude, longitude) in enumerate(((47.41, 8.53), (47.41, 8.56), (47.38, 8.56)))
)
RALLY = "QGC WPL 110\n0\t0\t3\t5100\t0\t0\t0\t0\t47.3980\t8.5456\t12\t1\n"


class Prompt:
    def __init__(self, url, directory):
        self.lines = []
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "MAVProxy.mavproxy",
                f"--master={url}",
                f"--state-basedir={directory}",
                f"--default-modules={MODULES}",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=directory,
        )
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def type(self, text, *wanted, seconds=10):
        """Types a line and waits until all that is wanted has been printed since."""
        before = len(self.lines)
        started = time.time()
        if text:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        while time.time() - started < seconds:
            heard = "\n".join(self.lines[before:])
            if all(want in heard for want in wanted):
                print(json.dumps({"step": text or "start", "seconds": round(time.time() - started, 2)}), flush=True)
                return
            time.sleep(0.05)
        raise SystemExit(f"{text}: wanted {wanted}, printed:\n" + "\n".join(self.lines[before:]))


def main(url):
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (("m.txt", MISSION), ("f.txt", FENCE), ("r.txt", RALLY)):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(content)
        prompt = Prompt(url, directory)
        try:
            prompt.type("", "online system", "Received 920 parameters", seconds=30)
            prompt.type("param set MPC_XY_CRUISE 4")
            time.sleep(1)
            prompt.type("param show MPC_XY_CRUISE", "MPC_XY_CRUISE    4.0")
            prompt.type("param save all.parm", "Saved 921 parameters")
            prompt.type("wp load m.txt", "Sent all 3 waypoints", "TYPE_MISSION: ACCEPTED")
            prompt.type("wp save back.txt", "Saved 3 waypoints")
            # MAVProxy does not end a download; PX4 is busy for five seconds and says so.
            prompt.type("", "Operation timeout")
            prompt.type("wp clear", "TYPE_MISSION: ACCEPTED")
            prompt.type("fence load f.txt", "Sent all 3 fence items", "TYPE_FENCE: ACCEPTED")
            prompt.type("fence clear", "TYPE_FENCE: ACCEPTED")
            prompt.type("rally load r.txt", "Sent all 1 rally items", "TYPE_RALLY: ACCEPTED")
            prompt.type("rally clear", "TYPE_RALLY: ACCEPTED")
            prompt.type("ftp list /etc/extras", "component_general.json.xz", "parameters.json.xz")
            prompt.type("log list", "No logs")
            prompt.type("arm throttle", "COMPONENT_ARM_DISARM: ACCEPTED", "ARMED")
            prompt.type("takeoff 5", "NAV_TAKEOFF: ACCEPTED", "Takeoff detected")
            prompt.type("disarm", "Disarming denied: not landed")
            prompt.type("long NAV_LAND 0 0 0 nan nan nan nan", "NAV_LAND: ACCEPTED", "Mode LAND")
            prompt.type("", "Landing detected", "DISARMED", seconds=30)
        finally:
            prompt.process.kill()


main(sys.argv[1])
