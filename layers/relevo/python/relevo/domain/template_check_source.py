"""What can be wrong with the source of a variant: syntax, schema, formats, its code's ending."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from relevo.domain.language import canonical, language_of
from relevo.domain.otp_format import ending
from relevo.domain.spoken import SPOKEN_LANGUAGES
from relevo.domain.template_filters import LANGUAGES
from relevo.domain.template_findings import INVALID, LIMIT, MISSING, NOT_ALLOWED, Finding, invalid
from relevo.domain.templates import MAX_VARIABLES, MAX_VARIANTS, RETRIEVER_BYTES, Template

if TYPE_CHECKING:
    from relevo.domain.template_kinds import Read
    from relevo.domain.template_source import Refusal

_FORMATTED: Final = frozenset({"date", "time", "number", "money"})


def sources(template: Template) -> Iterator[Finding]:
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
        yield invalid(pointer, "empty-text", "The variant says nothing.")


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
        yield invalid(pointer, "code-missing", "People must be able to read the code as well.")
    longest = next(one.max_length for one in template.variables if one.name == code)
    signature = f"【{template.signature or ''}】" if language_of(tag) == "zh" else ""
    most = read.most + len((signature + ending(otp, "0" * longest)).encode())
    if otp.retriever_hash is not None and most > RETRIEVER_BYTES:
        detail = (
            f"With the longest values the text has {most} bytes; SMS Retriever reads "
            f"{RETRIEVER_BYTES}. Shorten it, or the variables' maxLength."
        )
        yield Finding(slug=LIMIT, pointer=pointer, code="too-long", detail=detail)
