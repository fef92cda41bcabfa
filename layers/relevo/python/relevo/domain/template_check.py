"""All that can be wrong with a template, found when it is saved and not when it is sent."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from relevo.domain.language import canonical, language_of
from relevo.domain.otp_format import ending, format_flaws
from relevo.domain.problem import Flaw, Problem
from relevo.domain.signature import signature_flaw
from relevo.domain.spoken import SPOKEN_LANGUAGES
from relevo.domain.template_filters import LANGUAGES
from relevo.domain.templates import (
    MAX_CARRIERS,
    MAX_VALUE,
    MAX_VARIABLES,
    MAX_VARIANTS,
    RETRIEVER_BYTES,
    CarrierTemplate,
    Template,
)
from relevo.domain.words import TrafficClass

if TYPE_CHECKING:
    from relevo.domain.template_kinds import Read
    from relevo.domain.template_source import Refusal

NOT_ALLOWED: Final = "template-not-allowed"
MISSING: Final = "template-variable-missing"
LIMIT: Final = "template-limit-exceeded"
INVALID: Final = "validation-failed"
_GRAVEST_FIRST: Final = (NOT_ALLOWED, MISSING, LIMIT, INVALID)
_MOST: Final = 20

_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_FOREIGN_ID: Final = re.compile(r"[!-~]{1,64}")
_FORMATTED: Final = frozenset({"date", "time", "number", "money"})
_RESERVED: Final = re.compile(
    # Jinja's words, and the names it fills in by itself.
    "and|or|not|in|is|if|elif|else|[Tt]rue|[Ff]alse|[Nn]one|self|super|loop|caller|varargs|kwargs"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to put right; `line` counts in the variant that `pointer` names."""

    slug: str
    pointer: str
    code: str
    detail: str
    line: int | None = None

    def flaw(self) -> Flaw:
        where = "" if self.line is None else f"Line {self.line}: "
        return Flaw(self.pointer, self.code, where + self.detail)


def check(template: Template) -> tuple[Finding, ...]:
    """Find what keeps a template from being saved, at most 20 things, nothing if it is good."""
    found: list[Finding] = []
    for part in _PARTS:
        found.extend(part(template))
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def refusal(findings: Iterable[Finding]) -> Problem | None:
    """Make the problem a client is told: the gravest slug, every finding as an error of it."""
    found = tuple(findings)
    slugs = {finding.slug for finding in found}
    for slug in _GRAVEST_FIRST:
        if slug in slugs:
            return Problem(slug, errors=[finding.flaw() for finding in found])
    return None


def _limit(pointer: str, most: int) -> Finding:
    return Finding(slug=LIMIT, pointer=pointer, code="too-many", detail=f"At most {most}.")


def _invalid(pointer: str, code: str, detail: str) -> Finding:
    return Finding(slug=INVALID, pointer=pointer, code=code, detail=detail)


def _head(template: Template) -> Iterator[Finding]:
    if not _ID.fullmatch(template.id):
        detail = "An id has up to 64 of a-z, 0-9 and hyphens, none at its ends."
        yield _invalid("/id", "not-an-id", detail)
    if template.version < 1:
        yield _invalid("/version", "not-a-version", "Versions count from 1.")


def _languages(template: Template) -> Iterator[Finding]:
    if len(template.variants) > MAX_VARIANTS:
        yield _limit("/variants", MAX_VARIANTS)
        return
    tags = [canonical(tag) for tag in template.variants]
    if None in tags:
        yield _invalid("/variants", "not-a-language", "Name each variant by its BCP 47 tag.")
    if max(Counter(tags).values(), default=0) > 1:
        yield _invalid("/variants", "twice", "Two variants have the same language.")
    if template.default_language not in template.variants:
        detail = "The default language needs a variant of exactly this name."
        yield _invalid("/defaultLanguage", "no-variant", detail)


def _variables(template: Template) -> Iterator[Finding]:
    if len(template.variables) > MAX_VARIABLES:
        yield _limit("/variables", MAX_VARIABLES)
        return
    counts = Counter(one.name for one in template.variables)
    for place, one in enumerate(template.variables):
        pointer = f"/variables/{place}"
        if not _NAME.fullmatch(one.name) or _RESERVED.fullmatch(one.name):
            detail = "A name has up to 40 letters A-Z, digits and _, and is no word of templates."
            yield _invalid(f"{pointer}/name", "not-a-name", detail)
        if counts[one.name] > 1:
            yield _invalid(f"{pointer}/name", "twice", "Two variables have the same name.")
        if not 1 <= one.max_length <= MAX_VALUE:
            yield _invalid(f"{pointer}/maxLength", "out-of-range", f"From 1 to {MAX_VALUE}.")


def _sources(template: Template) -> Iterator[Finding]:
    if len(template.variants) > MAX_VARIANTS or len(template.variables) > MAX_VARIABLES:
        return  # said already, and no reason to read them all
    for tag in template.variants:
        yield from _source(template, tag)


def _source(template: Template, tag: str) -> Iterator[Finding]:
    from relevo.domain import template_kinds, template_source  # noqa: PLC0415 - they import Jinja

    pointer = f"/variants/{tag}" if canonical(tag) else "/variants"
    try:
        tree = template_source.parse(template.variants[tag])
    except template_source.Refused as refused:
        yield _at(pointer, refused.refusal)
        return
    if refusals := tuple(template_source.refusals(tree)):
        yield from (_at(pointer, one) for one in refusals)
        return
    read = template_kinds.read_source(tree, template.variables)
    yield from (_at(pointer, one) for one in read.refusals)
    yield from _formats(tag, pointer, template_source.filters_of(tree))
    yield from _code(template, tag, pointer, read)
    if not template.variants[tag].strip():
        yield _invalid(pointer, "empty-text", "The variant says nothing.")


def _at(pointer: str, said: "Refusal") -> Finding:
    slug = _SLUGS.get(said.code, NOT_ALLOWED)
    return Finding(slug=slug, pointer=pointer, code=said.code, detail=said.detail, line=said.line)


_SLUGS: Final = {
    "source-too-long": LIMIT,
    "forbidden-character": INVALID,
    "unknown-variable": MISSING,
    "unguarded-variable": MISSING,
}


def _formats(tag: str, pointer: str, filters: frozenset[str]) -> Iterator[Finding]:
    language = language_of(tag)
    if filters & _FORMATTED and language not in LANGUAGES:
        detail = "Dates, times, numbers and money are not written in this language."
        yield Finding(slug=NOT_ALLOWED, pointer=pointer, code="no-formats", detail=detail)
    if "spoken" in filters and language not in SPOKEN_LANGUAGES:
        detail = "Numbers are read aloud in Spanish, English and Portuguese only."
        yield Finding(slug=NOT_ALLOWED, pointer=pointer, code="no-words", detail=detail)


def _code(template: Template, tag: str, pointer: str, read: "Read") -> Iterator[Finding]:
    otp, code = template.otp, template.code
    if otp is None or code is None:
        return
    if code not in read.uses:
        yield _invalid(pointer, "code-missing", "People must be able to read the code as well.")
    longest = next(one.max_length for one in template.variables if one.name == code)
    signature = f"【{template.signature or ''}】" if language_of(tag) == "zh" else ""
    most = read.most + len((signature + ending(otp, "0" * longest)).encode())
    if otp.retriever_hash is not None and most > RETRIEVER_BYTES:
        detail = (
            f"With the longest values the text has {most} bytes; SMS Retriever reads "
            f"{RETRIEVER_BYTES}. Shorten it, or the variables' maxLength."
        )
        yield Finding(slug=LIMIT, pointer=pointer, code="too-long", detail=detail)


def _signature(template: Template) -> Iterator[Finding]:
    code = None if template.signature is None else signature_flaw(template.signature)
    if code is not None:
        detail = "A signature has 2 to 32 letters or digits, not digits alone and no symbols."
        yield _invalid("/signature", code, detail)


def _otp(template: Template) -> Iterator[Finding]:
    if template.otp is None:
        return
    for flaw in format_flaws(template.otp):
        yield _invalid(flaw.pointer, flaw.code, flaw.detail)
    if template.category is not TrafficClass.OTP:
        yield _invalid("/otp", "not-otp", "Only templates of category otp carry a code to read.")
    if template.code is None:
        detail = "A code to read needs exactly one variable of type code, a required one."
        yield _invalid("/otp", "one-code", detail)


def _carriers(template: Template) -> Iterator[Finding]:
    if len(template.carriers) > MAX_CARRIERS:
        yield _limit("/carriers", MAX_CARRIERS)
        return
    required = {one.name for one in template.variables if one.required}
    for name, mapped in template.carriers.items():
        if not _ID.fullmatch(name):
            yield _invalid("/carriers", "not-a-carrier", "Name carriers as the routes do.")
            continue
        yield from _mapping(f"/carriers/{name}", mapped, required)


def _mapping(pointer: str, mapped: CarrierTemplate, required: set[str]) -> Iterator[Finding]:
    params = mapped.params
    ours = params if isinstance(params, tuple) else tuple(params.values())
    theirs = () if isinstance(params, tuple) else tuple(params)
    if not _FOREIGN_ID.fullmatch(mapped.template_id):
        detail = "Give the id that the carrier gave the template."
        yield _invalid(f"{pointer}/templateId", "not-an-id", detail)
    if len(ours) > MAX_VARIABLES:
        yield _limit(f"{pointer}/params", MAX_VARIABLES)
    elif not all(map(_NAME.fullmatch, theirs)):
        yield _invalid(f"{pointer}/params", "not-a-name", "This is no name of a parameter.")
    elif not set(ours) <= required:
        # Carriers refuse an empty parameter, so an optional variable cannot stand for one.
        detail = "Every parameter needs a required variable of the template."
        yield Finding(slug=MISSING, pointer=f"{pointer}/params", code="unmapped", detail=detail)


_PARTS: Final[tuple[Callable[[Template], Iterator[Finding]], ...]] = (
    _head,
    _languages,
    _variables,
    _sources,
    _signature,
    _otp,
    _carriers,
)
