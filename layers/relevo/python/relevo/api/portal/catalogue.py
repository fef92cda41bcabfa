"""The catalogue of problems: what each means, what to do, and an answer as the code writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import yaml

from relevo.domain.problem import KINDS, Flaw, Problem

FILE: Final = Path(__file__).parent / "errors.yaml"
_INSTANCE: Final = "JKJaXmPLvHcESHA="
"""A request id as the gateway gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One problem explained; `problem` is the example."""

    means: str
    remedy: str
    problem: Problem

    @property
    def slug(self) -> str:
        return self.problem.slug

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def reason(self) -> str:
        return HTTPStatus(self.status).phrase

    def body(self, base: str) -> Mapping[str, object]:
        """Give the answer of the API at that address."""
        return self.problem.body(_INSTANCE, base)


@cache
def entries() -> Mapping[str, Entry]:
    """Give every problem there is, in the order of the table."""
    told: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return {slug: _entry(slug, told[slug]) for slug in KINDS}


def _entry(slug: str, told: Mapping[str, Any]) -> Entry:
    problem = Problem(
        slug,
        told.get("detail", ""),
        errors=[Flaw(**flaw) for flaw in told.get("errors", ())],
        headers=told.get("headers"),
        details=told.get("members"),
    )
    return Entry(means=told["means"], remedy=told["do"], problem=problem)
