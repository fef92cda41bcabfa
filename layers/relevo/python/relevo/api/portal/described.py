"""What the reference says beside the shapes: read from one file, when the document is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).parent / "operations.yaml"
_ABOUT: Final = "about"
_UNSORTED: Final = "More"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An operation in words; requests are examples by their names."""

    tag: str = _UNSORTED
    about: str = ""
    requests: Mapping[str, Any] = field(default_factory=dict)
    answer: Any = None


def told(operation: str) -> Told:
    """Tell about an operation; one that nobody has described yet is shown all the same."""
    return _told().get(operation, Told())


def tags() -> list[dict[str, str]]:
    return [
        {"name": name, "description": part[_ABOUT]} for name, part in _read()["operations"].items()
    ]


def parameter(name: str) -> Mapping[str, Any]:
    given: Mapping[str, Any] = _read()["parameters"].get(name, {})
    return given


def fields(model: str) -> Mapping[str, str]:
    given: Mapping[str, str] = _read()["fields"].get(model, {})
    return given


@cache
def _told() -> Mapping[str, Told]:
    return {
        name: Told(
            tag=tag,
            about=one[_ABOUT].strip(),
            requests=one.get("request", {}),
            answer=one.get("answer"),
        )
        for tag, part in _read()["operations"].items()
        for name, one in part.items()
        if name != _ABOUT
    }


@cache
def _read() -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return written
