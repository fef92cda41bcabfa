"""Make dataclasses of what YAML holds, and refuse anything unexpected by its path."""

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from relevo.domain.market import Hours, Week

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_END_OF_DAY: Final = 24 * 60

T = TypeVar("T")


class Unreadable(ValueError):
    """A file says something its schema has no place for."""


def read(kind: type[T], value: object, path: str) -> T:
    """Make a `kind` (a dataclass) of a mapping with camelCase keys. Raises Unreadable."""
    made: T = _read(kind, value, path)
    return made


def _read(kind: Any, value: Any, path: str) -> Any:
    if kind is Any:
        return value
    if kind == Week:
        return _week(value, path)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(arguments[0], value, path)
    if origin in (tuple, frozenset):
        items = enumerate(_exactly(list, value, path))
        return origin(_read(arguments[0], item, f"{path}[{n}]") for n, item in items)
    if origin is not None and issubclass(origin, Mapping):
        entries = _exactly(dict, value, path).items()
        return {
            _read(arguments[0], key, path): _read(arguments[1], item, f"{path}.{key}")
            for key, item in entries
        }
    if is_dataclass(kind):
        return _dataclass(kind, _exactly(dict, value, path), path)
    if issubclass(kind, Enum):
        return _member(kind, value, path)
    return _exactly(kind, value, path)


def _exactly(kind: type[T], value: object, path: str) -> T:
    # Not isinstance: YAML's `no` is a bool, and a bool is an int.
    if type(value) is not kind:
        raise Unreadable(f"{path}: {kind.__name__} wanted, not {value!r}")
    return value


def _member(kind: type[Enum], value: object, path: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(str(member.value) for member in kind)
        raise Unreadable(f"{path}: {value!r} is none of {allowed}") from None


def _dataclass(kind: Any, value: dict[Any, Any], path: str) -> Any:
    known = _fields(kind)
    if strange := [key for key in value if key not in known]:
        raise Unreadable(f"{path}: unknown {strange}")
    if missing := [key for key, (_, _, needed) in known.items() if needed and key not in value]:
        raise Unreadable(f"{path}: {missing} missing")
    return kind(
        **{
            known[key][0]: _read(known[key][1], item, f"{path}.{key}")
            for key, item in value.items()
        }
    )


@lru_cache(maxsize=64)
def _fields(kind: Any) -> dict[str, tuple[str, Any, bool]]:
    hints = get_type_hints(kind)
    return {
        re.sub(r"_([a-z])", lambda match: match.group(1).upper(), field.name): (
            field.name,
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _week(value: object, path: str) -> Week:
    """Read `{mon-fri: "07:00-19:00", sat: "08:00-15:00"}`; a day left out is closed."""
    week: list[Hours | None] = [None] * len(_DAYS)
    for days, span in _exactly(dict, value, path).items():
        first, _, last = _exactly(str, days, path).partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise Unreadable(f"{path}: {days!r} is no day and no span of days")
        for day in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
            if week[day] is not None:
                raise Unreadable(f"{path}: {_DAYS[day]} twice")
            week[day] = _hours(span, f"{path}.{days}")
    if not any(week):
        raise Unreadable(f"{path}: never open")
    return tuple(week)


def _hours(span: object, path: str) -> Hours:
    match = _SPAN.fullmatch(_exactly(str, span, path))
    if match is None:
        raise Unreadable(f"{path}: write hours as 09:00-21:00")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    hours = Hours(hour * 60 + minute, end_hour * 60 + end_minute)
    if not hours.opens < hours.closes <= _END_OF_DAY:
        raise Unreadable(f"{path}: hours end after they begin, by 24:00")
    return hours


def days_of(year: int, value: object, path: str) -> frozenset[date]:
    """Read one year of a calendar: `"01-01 01-12 …"`."""
    try:
        days = _exactly(str, value, path).split()
        return frozenset(date.fromisoformat(f"{year}-{day}") for day in days)
    except ValueError as error:
        raise Unreadable(f"{path}: {error}") from None
