"""Previews: what somebody wants to see of a template, and one text as one market would get it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relevo.domain.compose import Composition

if TYPE_CHECKING:
    from relevo.domain.market_check import Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to preview: one language or all variants, in these markets or each one's own.

    Variables without a value get a sample.
    """

    language: str | None = None
    countries: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict)
    sender: str | None = None
    zone: str | None = None
    smart_encoding: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One text as one market would get it; `culprits` and `as_gsm` are as in a lint."""

    language: str
    country: str
    composition: Composition
    culprits: tuple[str, ...]
    as_gsm: int | None
    violations: "tuple[Breach, ...]"
