"""Senders as data: identities an account may use, where, and where one is used unasked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from relevo.domain.language import fallbacks
from relevo.domain.routes import ANY

_EVERYWHERE: Final = frozenset({ANY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A name, long code, short code or toll-free number of one account.

    `countries` may be `*`. `registrations` are ids of markets' rules that it satisfies.
    `default_for` are markets in which it stands where a message names no sender: `ES`, `ES:ca`
    for one language, `*`.
    """

    name: str
    countries: frozenset[str] = _EVERYWHERE
    registrations: frozenset[str] = frozenset()
    default_for: frozenset[str] = frozenset()

    def serves(self, country: str) -> bool:
        return not self.countries.isdisjoint((country, ANY))


def default_sender(senders: Iterable[Sender], country: str, language: str | None) -> Sender | None:
    """Choose the sender of a message that names none: by market and language, then by market."""
    tags = [*fallbacks(language)] if language else []
    wanted = [f"{where}:{tag}" for where in (country, ANY) for tag in tags]
    wanted.insert(len(tags), country)
    here = [one for one in senders if one.serves(country)]
    for place in (*wanted, ANY):
        for one in here:
            if place in one.default_for:
                return one
    return None
