"""What the variants of a template cost to send, and which letters make them dearer than need be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from relevo.domain.gsm import is_gsm, transliterate
from relevo.domain.language import Choice, canonical, language_of
from relevo.domain.segments import Encoding, measure
from relevo.domain.template_filters import LANGUAGES
from relevo.domain.template_render import filled_in
from relevo.domain.template_values import read_values
from relevo.domain.templates import Template, Variable, VariableType

_LATIN: Final = LANGUAGES - {"zh"}
"""Languages that GSM-7 can nearly write: for the others UCS-2 is no surprise."""

_SAMPLES: Final[Mapping[VariableType, object]] = {
    VariableType.STRING: "Ana",
    VariableType.NUMBER: 3,
    # A Saturday: of the Spanish and Portuguese days the one that GSM-7 cannot write.
    VariableType.DATE: "2026-09-05T20:30:00Z",
    VariableType.MONEY: {"amount": "1234.50", "currency": "EUR"},
    VariableType.CODE: "410852",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """One variant with sample values.

    `culprits` are the characters, in order of appearance, that alone keep a text of a Latin
    language out of GSM-7; `as_gsm` is what it would need if each were one of the alphabet.
    """

    language: str
    text: str
    encoding: Encoding
    segments: int
    culprits: tuple[str, ...] = ()
    as_gsm: int | None = None


def lint(
    template: Template,
    samples: Mapping[str, object] | None = None,
    *,
    smart: bool = True,
    signature: str | None = None,
) -> tuple[Lint, ...]:
    """Render every variant of a checked template and size it; raises Problem for unfit samples.

    Variables without a sample get one of their type. `smart` is the messages' smartEncoding.
    """
    chosen = {**made_up(template.variables), **(samples or {})}
    values = read_values(template.variables, chosen)
    found: list[Lint] = []
    for tag in template.variants:
        choice = Choice(variant=tag, formats=canonical(tag) or tag)
        text = filled_in(template, choice, values, zone=None, country=None, signature=signature)
        found.append(_linted(tag, transliterate(text).text if smart else text))
    return tuple(found)


def made_up(variables: tuple[Variable, ...]) -> dict[str, object]:
    """Give a sample value for each variable, of its type and no longer than it may be."""
    made: dict[str, object] = {}
    for one in variables:
        sample = _SAMPLES[one.type]
        made[one.name] = sample[: one.max_length] if isinstance(sample, str) else sample
    return made


def _linted(tag: str, text: str) -> Lint:
    sizing = measure(text)
    culprits, as_gsm = blamed(tag, text)
    return Lint(
        language=tag,
        text=text,
        encoding=sizing.encoding,
        segments=sizing.segments,
        culprits=culprits,
        as_gsm=as_gsm,
    )


def blamed(tag: str, text: str) -> tuple[tuple[str, ...], int | None]:
    """Give culprits and `as_gsm` (see `Lint`) of a text in the language of a tag."""
    if is_gsm(text) or language_of(tag) not in _LATIN:
        return (), None
    culprits = tuple(dict.fromkeys(sign for sign in text if not is_gsm(sign)))
    plain = "".join(sign if is_gsm(sign) else "x" for sign in text)
    return culprits, measure(plain).segments
