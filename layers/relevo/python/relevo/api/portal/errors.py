"""The catalogue of problems: what each means, what to do, and an answer as the code writes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import yaml

from relevo.api.http import Call, Reply
from relevo.api.portal.pages import page
from relevo.api.rows import Operation
from relevo.domain.problem import KINDS, Flaw, Problem

_FILE: Final = Path(__file__).parent / "errors.yaml"
_INSTANCE: Final = "JKJaXmPLvHcESHA="
"""A request id as the gateway gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One problem explained; `answered` are the operations that may answer it."""

    slug: str
    status: int
    title: str
    means: str
    remedy: str
    headers: Mapping[str, str]
    problem: Problem
    answered: tuple[Operation, ...]

    @property
    def reason(self) -> str:
        return HTTPStatus(self.status).phrase

    def example(self, base: str) -> str:
        return json.dumps(self.problem.body(_INSTANCE, base), ensure_ascii=False, indent=2)


def index(call: Call, _: Mapping[str, str]) -> Reply:
    return page("errors.html", call, entries=tuple(entries().values()))


def one(call: Call, named: Mapping[str, str]) -> Reply:
    entry = entries().get(named["slug"])
    if entry is None:
        raise Problem("not-found")
    return page("error.html", call, entry=entry)


@cache
def entries() -> Mapping[str, Entry]:
    """Give every problem there is, in the order of the table."""
    told: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return {slug: _entry(slug, told[slug]) for slug in KINDS}


def _entry(slug: str, told: Mapping[str, Any]) -> Entry:
    headers: dict[str, str] = told.get("headers", {})
    problem = Problem(
        slug,
        told.get("detail", ""),
        errors=[Flaw(**flaw) for flaw in told.get("errors", ())],
        headers=headers,
        details=told.get("members"),
    )
    return Entry(
        slug=slug,
        status=problem.status,
        title=problem.title,
        means=told["means"],
        remedy=told["do"],
        headers=problem.headers,
        problem=problem,
        answered=tuple(_answering(slug)),
    )


def _answering(slug: str) -> Iterator[Operation]:
    # Not at the top: the document is generated from the table that these pages stand in.
    from relevo.api.openapi import problems_of  # noqa: PLC0415
    from relevo.api.routes import table  # noqa: PLC0415

    for row in table():
        if isinstance(row, Operation) and slug in problems_of(row):
            yield row
