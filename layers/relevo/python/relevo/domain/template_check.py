"""All that can be wrong with a template, found when it is saved and not when it is sent."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from relevo.domain.language import canonical
from relevo.domain.otp_format import format_flaws
from relevo.domain.signature import signature_flaw
from relevo.domain.template_check_source import sources
from relevo.domain.template_findings import MISSING, Finding, invalid, limit
from relevo.domain.templates import (
    MAX_CARRIERS,
    MAX_VALUE,
    MAX_VARIABLES,
    MAX_VARIANTS,
    CarrierTemplate,
    Template,
)
from relevo.domain.words import TrafficClass

_MOST: Final = 20
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_FOREIGN_ID: Final = re.compile(r"[!-~]{1,64}")
_RESERVED: Final = re.compile(
    # Jinja's words, and the names it fills in by itself.
    "and|or|not|in|is|if|elif|else|[Tt]rue|[Ff]alse|[Nn]one|self|super|loop|caller|varargs|kwargs"
)


def check(template: Template) -> tuple[Finding, ...]:
    """Find what keeps a template from being saved, at most 20 things, nothing if it is good."""
    found: list[Finding] = []
    for part in _PARTS:
        found.extend(part(template))
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def _head(template: Template) -> Iterator[Finding]:
    if not _ID.fullmatch(template.id):
        detail = "An id has up to 64 of a-z, 0-9 and hyphens, none at its ends."
        yield invalid("/id", "not-an-id", detail)
    if template.version < 1:
        yield invalid("/version", "not-a-version", "Versions count from 1.")


def _languages(template: Template) -> Iterator[Finding]:
    if len(template.variants) > MAX_VARIANTS:
        yield limit("/variants", MAX_VARIANTS)
        return
    tags = [canonical(tag) for tag in template.variants]
    if None in tags:
        yield invalid("/variants", "not-a-language", "Name each variant by its BCP 47 tag.")
    if max(Counter(tags).values(), default=0) > 1:
        yield invalid("/variants", "twice", "Two variants have the same language.")
    if template.default_language not in template.variants:
        detail = "The default language needs a variant of exactly this name."
        yield invalid("/defaultLanguage", "no-variant", detail)


def _variables(template: Template) -> Iterator[Finding]:
    if len(template.variables) > MAX_VARIABLES:
        yield limit("/variables", MAX_VARIABLES)
        return
    counts = Counter(one.name for one in template.variables)
    for place, one in enumerate(template.variables):
        pointer = f"/variables/{place}"
        if not _NAME.fullmatch(one.name) or _RESERVED.fullmatch(one.name):
            detail = "A name has up to 40 letters A-Z, digits and _, and is no word of templates."
            yield invalid(f"{pointer}/name", "not-a-name", detail)
        if counts[one.name] > 1:
            yield invalid(f"{pointer}/name", "twice", "Two variables have the same name.")
        if not 1 <= one.max_length <= MAX_VALUE:
            yield invalid(f"{pointer}/maxLength", "out-of-range", f"From 1 to {MAX_VALUE}.")


def _signature(template: Template) -> Iterator[Finding]:
    code = None if template.signature is None else signature_flaw(template.signature)
    if code is not None:
        detail = "A signature has 2 to 32 letters or digits, not digits alone and no symbols."
        yield invalid("/signature", code, detail)


def _otp(template: Template) -> Iterator[Finding]:
    if template.otp is None:
        return
    for flaw in format_flaws(template.otp):
        yield invalid(flaw.pointer, flaw.code, flaw.detail)
    if template.category is not TrafficClass.OTP:
        yield invalid("/otp", "not-otp", "Only templates of category otp carry a code to read.")
    if template.code is None:
        detail = "A code to read needs exactly one variable of type code, a required one."
        yield invalid("/otp", "one-code", detail)


def _carriers(template: Template) -> Iterator[Finding]:
    if len(template.carriers) > MAX_CARRIERS:
        yield limit("/carriers", MAX_CARRIERS)
        return
    required = {one.name for one in template.variables if one.required}
    for name, mapped in template.carriers.items():
        if not _ID.fullmatch(name):
            yield invalid("/carriers", "not-a-carrier", "Name carriers as the routes do.")
            continue
        yield from _mapping(f"/carriers/{name}", mapped, required)


def _mapping(pointer: str, mapped: CarrierTemplate, required: set[str]) -> Iterator[Finding]:
    params = mapped.params
    ours = params if isinstance(params, tuple) else tuple(params.values())
    theirs = () if isinstance(params, tuple) else tuple(params)
    if not _FOREIGN_ID.fullmatch(mapped.template_id):
        detail = "Give the id that the carrier gave the template."
        yield invalid(f"{pointer}/templateId", "not-an-id", detail)
    if len(ours) > MAX_VARIABLES:
        yield limit(f"{pointer}/params", MAX_VARIABLES)
    elif not all(map(_NAME.fullmatch, theirs)):
        yield invalid(f"{pointer}/params", "not-a-name", "This is no name of a parameter.")
    elif not set(ours) <= required:
        # Carriers refuse an empty parameter, so an optional variable cannot stand for one.
        detail = "Every parameter needs a required variable of the template."
        yield Finding(slug=MISSING, pointer=f"{pointer}/params", code="unmapped", detail=detail)


_PARTS: Final[tuple[Callable[[Template], Iterator[Finding]], ...]] = (
    _head,
    _languages,
    _variables,
    sources,
    _signature,
    _otp,
    _carriers,
)
