"""`make trace ID=…`: a message's story from the local logs, by its id or its client's name."""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tools import local_logs, say

FRAME: Final = frozenset(
    {"level", "message", "timestamp", "service", "messages", "message_id", "correlations", "_aws"}
)
"""What every line has, or what only says which messages it is about."""


def story(lines: Iterable[str], name: str) -> list[dict[str, Any]]:
    """Give the lines about a message, or about all that a client's request name stands for."""
    said = [one for one in map(local_logs.read, lines) if one and "_aws" not in one]
    ids = {name} | {id_ for one in said for id_ in _called(one, name)}
    found = [one for one in said if ids & set(_names(one))]
    return sorted(found, key=lambda one: str(one.get("timestamp", "")))


def _names(said: Mapping[str, Any]) -> Iterator[str]:
    """Everything that a line is about; announcements name a message with its version."""
    for id_ in (*said.get("messages", ()), said.get("message_id"), said.get("correlation")):
        if id_:
            yield str(id_).partition("@")[0]


def _called(said: Mapping[str, Any], name: str) -> Iterator[str]:
    """Name the messages that a line says are known to the client by this name."""
    for id_, given in said.get("correlations", {}).items():
        if given == name:
            yield id_
    if said.get("correlation") == name:
        yield from _names(said)


def told(said: Mapping[str, Any]) -> str:
    """Give one line for a person."""
    rest = " ".join(f"{key}={value}" for key, value in said.items() if key not in FRAME)
    at = str(said.get("timestamp", "")).partition("T")[2].rstrip("Z")
    what = f"{at:<12} {said.get('service', ''):<9} {said.get('message', ''):<20}"
    return f"{what} {rest}".rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="a message id, or the X-Correlation-Id of a request")
    name = parser.parse_args().name
    found = story(local_logs.lines(), name)
    if not found:
        say.fail("no line of the local logs names that; give a message id or a correlation id.")
    for one in found:
        say.line(told(one))


if __name__ == "__main__":
    main()
