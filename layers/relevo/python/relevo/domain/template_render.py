"""Rendering: a template, a language and values become the text a handset shows.

Jinja comes with the first template, so that functions which only see plain texts start without it.
"""

from collections.abc import Mapping
from typing import Final

from relevo.domain.gsm import transliterate
from relevo.domain.language import Choice, choose, language_of, region_of
from relevo.domain.order import MAX_SEGMENTS
from relevo.domain.otp_format import ended
from relevo.domain.problem import Flaw, Problem
from relevo.domain.segments import measure
from relevo.domain.signature import signed
from relevo.domain.template_filters import Reader, show
from relevo.domain.template_values import Value, read_values
from relevo.domain.templates import (
    MAX_OUTPUT,
    Parameters,
    Registered,
    Rendered,
    Template,
)

_CHINA: Final = "CN"
_ALWAYS_FITS: Final = MAX_SEGMENTS * 33
"""Characters that MAX_SEGMENTS hold whatever they are: 33 surrogate pairs in each."""


def render(
    template: Template,
    language: str | None,
    variables: Mapping[str, object],
    *,
    account_language: str | None = None,
    zone: str | None = None,
    country: str | None = None,
    signature: str | None = None,
) -> Rendered:
    """Compose the text; raises Problem for values that do not fit or a text that is too long.

    `zone` and `country` are the recipient's, where known; a `signature` takes the place of the
    template's own. Without `zone` a time shows as it was given.
    """
    choice = _chosen(template, language, account_language)
    values = read_values(template.variables, variables)
    text = filled_in(template, choice, values, zone=zone, country=country, signature=signature)
    reader = _reader(choice, zone, country)
    return Rendered(
        text=text,
        language=choice.variant,
        registered=_registered(template, values, reader, signature or template.signature),
    )


def filled_in(
    template: Template,
    choice: Choice,
    values: Mapping[str, Value],
    *,
    zone: str | None,
    country: str | None,
    signature: str | None,
) -> str:
    """Fill in one variant, sign it for China, end it as its code's reader wants, and size it."""
    from relevo.domain import template_source  # noqa: PLC0415

    source = template.variants[choice.variant]
    text = template_source.filled(source, values, _reader(choice, zone, country))
    signature = signature or template.signature
    if signature and _wants_signature(choice, country):
        text = signed(text, signature)
    if not text.strip():
        detail = "With these variables the template says nothing."
        raise Problem("validation-failed", errors=[Flaw("/variables", "empty-text", detail)])
    if template.otp is not None and template.code is not None:
        text = ended(text, template.otp, str(values[template.code]))
    _check_size(text)
    return text


def _chosen(template: Template, language: str | None, account_language: str | None) -> Choice:
    wishes = (language, account_language, template.default_language)
    choice = choose(template.variants, *wishes)
    if choice is None:
        raise Problem("template-not-found", "The template has no variant for its own default.")
    return choice


def _reader(choice: Choice, zone: str | None, country: str | None) -> Reader:
    home = country or region_of(choice.formats)
    return Reader(formats=choice.formats, zone=zone, country=home)


def _wants_signature(choice: Choice, country: str | None) -> bool:
    # Chinese carriers want it whatever the language, and Chinese readers know it wherever they
    # are; a Spanish variant of the same template must not become UCS-2 for it.
    return country == _CHINA or language_of(choice.variant) == "zh"


def _check_size(text: str) -> None:
    if len(text) > MAX_OUTPUT:
        detail = f"The text has more than {MAX_OUTPUT} characters."
        raise Problem("template-limit-exceeded", detail, details={"maxCharacters": MAX_OUTPUT})
    if len(text) > _ALWAYS_FITS and measure(transliterate(text).text).segments > MAX_SEGMENTS:
        detail = f"The text needs more than {MAX_SEGMENTS} segments."
        raise Problem("template-limit-exceeded", detail, details={"maxSegments": MAX_SEGMENTS})


def _registered(
    template: Template, values: Mapping[str, Value], reader: Reader, signature: str | None
) -> Mapping[str, Registered]:
    """Give each carrier's own template and parameters, where the account mapped it.

    A carrier that sends only approved templates and has none is not eligible: nothing is
    improvised.
    """
    if not template.carriers:
        return {}
    shown = {name: show(reader, value) for name, value in values.items()}
    return {
        carrier: Registered(
            template_id=mapped.template_id, params=_told(mapped.params, shown), signature=signature
        )
        for carrier, mapped in template.carriers.items()
    }


def _told(params: Parameters, shown: Mapping[str, str]) -> Parameters:
    if isinstance(params, tuple):
        return tuple(shown[name] for name in params)
    return {theirs: shown[name] for theirs, name in params.items()}
