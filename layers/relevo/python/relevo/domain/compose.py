"""Compose what a handset shows: an order's text or template, signed, refusable, in its encoding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from relevo.domain import gsm
from relevo.domain.order import Order
from relevo.domain.segments import Sizing, measure, shifted
from relevo.domain.shift_tables import Shift
from relevo.domain.signature import signed
from relevo.domain.templates import Registered, Rendered, Template
from relevo.domain.voice import Voice
from relevo.domain.words import TrafficClass

if TYPE_CHECKING:
    from relevo.domain.market import Rules

_CHINA: Final = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """`text` is what every carrier can be given, `wording` its end if we put one there.

    `replaced` are the characters that smart encoding took out; `shifted` and `registered` are as
    in a head and a content. `contact` takes refusals in answers' stead; `signature` is China's.
    """

    text: str
    sizing: Sizing
    replaced: tuple[str, ...] = ()
    shifted: tuple[tuple[Shift, int], ...] = ()
    language: str | None = None
    wording: str | None = None
    contact: str | None = None
    signature: str | None = None
    template: Template | None = None
    registered: Mapping[str, Registered] = field(default_factory=dict)


def compose(
    order: Order,
    country: str,
    voice: Voice,
    *,
    template: Template | None = None,
    rules: "Rules | None" = None,
) -> Composition:
    """Compose for a recipient in `country`; promotion needs the `rules` there. Raises Problem."""
    signature = _signature(order, country, voice, template)
    rendered = _rendered(order, country, voice, template, signature)
    body = rendered.text
    wording = None
    if rules is not None and order.traffic_class is TrafficClass.MARKETING:
        from relevo.domain.opt_out import wording_for  # noqa: PLC0415 - only promotion pays for it

        wording = wording_for(rules, body, order.sender, rendered.language, voice.contact)
    whole = worded(body, wording)
    smart = gsm.transliterate(whole) if order.smart_encoding else None
    text = smart.text if smart else gsm.normalise(whole)
    sizing = measure(text)
    return Composition(
        text=text,
        sizing=sizing,
        replaced=smart.replaced if smart else (),
        shifted=shifted(text, sizing, smart=order.smart_encoding),
        language=rendered.language,
        wording=wording,
        contact=None if wording is None else voice.contact,
        signature=signature if country == _CHINA else None,
        template=template,
        registered=rendered.registered,
    )


def worded(body: str, wording: str | None) -> str:
    """Put a wording on a line of its own below the text."""
    return body if wording is None else f"{body.rstrip()}\n{wording}"


def reworded(text: str, old: str, new: str) -> str:
    """Exchange the wording at the end of a stored text, should the market's have changed."""
    # Smart encoding may have replaced characters of the wording as well.
    for ending in (old, gsm.transliterate(old).text):
        if text.endswith(f"\n{ending}"):
            return worded(text[: -len(ending) - 1], new)
    return text


def _signature(order: Order, country: str, voice: Voice, template: Template | None) -> str | None:
    if template is None:
        return voice.signature_of(order.text, order.sender) if country == _CHINA else None
    wanted = order.sender if order.sender in voice.signatures else template.signature
    return voice.signature_of("", wanted) or template.signature


def _rendered(
    order: Order, country: str, voice: Voice, template: Template | None, signature: str | None
) -> Rendered:
    """Give the text and the language it is in, as far as anybody said."""
    if template is None:
        body = order.text if signature is None else signed(order.text, signature)
        return Rendered(text=body, language=order.language or voice.language)
    from relevo.domain.template_render import render  # noqa: PLC0415 - brings Jinja along

    return render(
        template,
        order.language,
        order.filling.variables if order.filling else {},
        account_language=voice.language,
        zone=order.zone,
        country=country,
        signature=signature,
    )
