"""`make down`: stop what `make up` started; standard library only, so that it always works."""

from tools import emulator, loopback, places, say


def main() -> None:
    recorded = places.RUN / "emulator.pid"
    places.STACK_FILE.unlink(missing_ok=True)
    loopback.stop(places.RUN)
    try:
        pid, port = (int(word) for word in recorded.read_text().split())
    except (OSError, ValueError):
        say.line("Nothing is running.")
        return
    with say.step(f"stopping the emulator on port {port}"):
        emulator.Emulator(port=port, pid=pid, home=places.RUN).stop()


if __name__ == "__main__":
    main()
