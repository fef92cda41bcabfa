"""The answer to a quote: what would be sent, over which routes, and what speaks against others."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from relevo.api.answers import (
    Answer,
    Price,
    TemplateReference,
    if_known,
)
from relevo.api.decision_answers import CandidateAnswer, ExclusionAnswer
from relevo.api.fields import WireEncoding
from relevo.domain.compose import Composition
from relevo.domain.routes import Candidate, RouteBook
from relevo.domain.words import TrafficClass

if TYPE_CHECKING:
    from relevo.domain.market_check import Breach
    from relevo.services.quote import Quote


class ViolationAnswer(Answer):
    """A rule of the market; it `blocks` where it is verified and a carrier would act on it."""

    code: str
    detail: str
    blocks: bool
    verified: bool
    source: tuple[str, ...] = ()


class QuoteAnswer(Answer):
    """`replaced` are the characters smart encoding exchanged; `price` is None without a route."""

    to: str
    country: str
    traffic_class: TrafficClass
    text: str
    encoding: WireEncoding
    segments: int
    units: int
    replaced: tuple[str, ...] = ()
    template: TemplateReference | None = if_known()
    price: Price | None = None
    routes: tuple[CandidateAnswer, ...] = ()
    exclusions: tuple[ExclusionAnswer, ...] = ()
    violations: tuple[ViolationAnswer, ...] = ()


def quote_answer(quote: "Quote", book: RouteBook) -> QuoteAnswer:
    """Put a quote into the contract's words."""
    offered, made = quote.offer, quote.offer.composition
    candidates = quote.routes.candidates
    return QuoteAnswer(
        to=offered.recipient.e164,
        country=offered.recipient.country,
        traffic_class=offered.order.traffic_class,
        text=made.text,
        encoding=made.sizing.encoding,
        segments=made.sizing.segments,
        units=made.sizing.units,
        replaced=made.replaced,
        template=_template(made),
        price=_price(offered.routes.candidates[0]) if candidates else None,
        routes=tuple(
            CandidateAnswer(
                route=candidate.route.name,
                carrier=candidate.route.carrier,
                list=candidate.list,
                position=position,
                price=_price(candidate),
                score=round(candidate.score.estimate, 3) if candidate.score else None,
            )
            for position, candidate in enumerate(candidates, start=1)
        ),
        exclusions=tuple(
            ExclusionAnswer(
                route=exclusion.route,
                carrier=_carrier(book, exclusion.route),
                reason=exclusion.reason,
            )
            for exclusion in quote.routes.exclusions
        ),
        violations=violation_answers(quote.violations),
    )


def violation_answers(breaches: "Iterable[Breach]") -> tuple[ViolationAnswer, ...]:
    return tuple(
        ViolationAnswer(
            code=breach.code,
            detail=breach.detail,
            blocks=breach.blocks,
            verified=breach.verified,
            source=breach.source,
        )
        for breach in breaches
    )


def _template(made: Composition) -> TemplateReference | None:
    if made.template is None:
        return None
    return TemplateReference(
        id=made.template.id, version=made.template.version, language=made.language
    )


def _price(candidate: Candidate) -> Price:
    return Price(amount=candidate.price, currency=candidate.route.currency)


def _carrier(book: RouteBook, name: str) -> str | None:
    route = book.routes.get(name)
    return route.carrier if route else None
