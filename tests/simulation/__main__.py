"""Replay a scenario: python -m tests.simulation --scenario FILE.yaml --seed N --json."""

import argparse
import json
import sys
from pathlib import Path

# Works from a plain checkout too, where nobody has set the path to the layer.
sys.path.insert(0, str(Path(__file__).parents[2] / "layers/relevo/python"))


def main() -> None:
    from tests.simulation.proving.replay import replay  # noqa: PLC0415
    from tests.simulation.proving.scenario import load  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--scenario", required=True, metavar="FILE.yaml")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", action="append", default=[], help="only this one, repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    args = parser.parse_args()
    found = replay(load(args.scenario), args.seed, args.policy)
    if args.json:
        print(json.dumps(found))  # noqa: T201
        return
    for name, figures in found["policies"].items():
        print(f"{name:16}", *(f"{key} {value}" for key, value in figures.items()), sep="  ")  # noqa: T201


if __name__ == "__main__":
    main()
