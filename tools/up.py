"""`make up`: emulator, bootstrap, deploy, demo account, demo messages; leaves the API running."""

import argparse
import json
import time

from tools import demo, places, say, stack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--simulate", choices=["", "real"], default="")
    asked = parser.parse_args()
    port = asked.port
    started = time.monotonic()
    say.line("Relevo on this machine:")
    running = stack.bring_up(port=port)
    if running.port != port:
        say.line(f"  (already running on port {running.port}; `make down` first to change it)")
    keys = send(running, asked.simulate)
    places.STACK_FILE.write_text(json.dumps(description(running, keys), indent=2) + "\n")
    took = time.monotonic() - started
    say.line(f"Up in {took:.0f} s. API: {running.base_url}")
    say.line(f"Reference, quick start, sandbox, errors: {running.base_url}/docs")
    say.line(
        f"Keys and names: {places.STACK_FILE.relative_to(places.ROOT)}. Stop with `make down`."
    )


def send(running: stack.Stack, simulate: str) -> dict[str, str]:
    """Send the demo messages, and with `simulate` live ones too; gives the API keys."""
    keys = demo.prepare(running)
    if not simulate:
        demo.run(running, keys["sandboxKey"])
        return keys
    from tools import simulated  # noqa: PLC0415 - it brings the carriers' own SDKs

    simulated.prepare(running)
    demo.run(running, keys["sandboxKey"])  # by its end, the functions know the new routes
    simulated.run(running, keys["apiKey"])
    return keys


def description(running: stack.Stack, keys: dict[str, str]) -> dict[str, object]:
    """What .local/stack.json holds."""
    return {
        "baseUrl": running.base_url,
        **keys,
        "pid": running.pid,
        "region": running.region,
        "port": running.port,
        "outputs": running.outputs,
    }


if __name__ == "__main__":
    main()
