"""Carriers on loopback until they are ended: `python -m tools.simulator --port 4700`."""

import argparse
import json
import signal
from pathlib import Path

from tools.simulator.pilot import Pilot
from tools.simulator.server import Simulator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--troubled", default="", help="carriers that fail by a number's end")
    parser.add_argument("--callbacks", type=Path, help="JSON: where carriers call, by name")
    asked = parser.parse_args()
    callbacks = json.loads(asked.callbacks.read_text()) if asked.callbacks else {}
    pilot = Pilot(troubled=frozenset(asked.troubled.split(",")), callbacks=callbacks)
    with Simulator(pilot=pilot, port=asked.port):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
