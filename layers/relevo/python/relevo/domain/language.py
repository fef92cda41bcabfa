"""Languages: BCP 47 tags compared as people mean them, and the variant a recipient gets."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_LONGEST: Final = 35
_TRADITIONAL: Final = frozenset({"TW", "HK", "MO"})


class Choice(NamedTuple):
    """The variant, spelled as its template spells it, and the tag whose formats it is given.

    A Mexican who gets the variant `es` still reads dates and money as in `es-MX`.
    """

    variant: str
    formats: str


@lru_cache(maxsize=1024)  # a message asks for the same few tags again and again
def canonical(tag: str) -> str | None:
    """Spell a tag in the usual case (`ES_mx` is `es-MX`); None when it is not a tag."""
    if len(tag) > _LONGEST or not _TAG.fullmatch(tag):
        return None
    language, *rest = re.split("[-_]", tag.lower())
    spelled = [language]
    for subtag in rest:
        after_singleton = any(len(one) == 1 for one in spelled)
        spelled.append(subtag if after_singleton else _spelled(subtag))
    return "-".join(spelled)


def _spelled(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == 2 else subtag


def language_of(tag: str) -> str:
    """Give a tag's language alone, however the tag is spelled."""
    return tag.replace("_", "-").partition("-")[0].lower()


def region_of(tag: str) -> str | None:
    """Give the country a canonical tag names; None for `es`, `es-419` and their like."""
    for subtag in tag.split("-")[1:]:
        if len(subtag) == 1:
            return None
        if len(subtag) == 2 and subtag.isalpha():
            return subtag
    return None


def fallbacks(tag: str) -> Iterator[str]:
    """Give the tags that serve a canonical one, itself first (RFC 4647 lookup, and Chinese)."""
    subtags = tag.split("-")
    if subtags[0] == "zh":
        yield from dict.fromkeys(_chinese(tag, subtags[1:]))
        return
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()  # a lone letter only announces what was cut off


def _chinese(tag: str, subtags: list[str]) -> Iterator[str]:
    # Readers of one script cannot be served the other, so here the script counts, not the prefix:
    # zh-CN, zh-Hans and zh are one language to us, and zh-TW never falls back to zh.
    region = region_of(tag)
    natural = "Hant" if region in _TRADITIONAL else "Hans"
    script = next((subtag for subtag in subtags if subtag in {"Hans", "Hant"}), natural)
    yield tag
    if region is not None:
        yield f"zh-{script}-{region}"
    if region is not None and script == natural:
        yield f"zh-{region}"
    yield f"zh-{script}"
    yield from ("zh", "zh-CN", "zh-Hans-CN") if script == "Hans" else ("zh-TW", "zh-Hant-TW")


def choose(available: Iterable[str], *wishes: str | None) -> Choice | None:
    """Find the first wish that has a variant, each wish falling back by itself.

    The wishes of a message are the language asked for, the account's and the template's, in this
    order; what is absent or is not a tag is passed over.
    """
    return _chosen(tuple(available), wishes)


@lru_cache(maxsize=1024)
def _chosen(available: tuple[str, ...], wishes: tuple[str | None, ...]) -> Choice | None:
    spelled = {canonical(tag): tag for tag in available}
    for wish in wishes:
        formats = canonical(wish) if wish else None
        for tag in fallbacks(formats) if formats else ():
            if tag in spelled:
                return Choice(variant=spelled[tag], formats=formats or tag)
    return None
