"""Which rules of a market a draft breaks: for quotes and previews, before anything is sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from relevo.domain.compose import Composition
from relevo.domain.links import hosts_in, shortened
from relevo.domain.market import (
    ContentKind,
    ContentRule,
    LimitKind,
    LinkPolicy,
    OptOutBy,
    Registration,
    Rule,
    Rules,
    SenderKind,
    SenderUse,
    TextLimit,
)
from relevo.domain.market_hours import opens
from relevo.domain.opt_out import says_opt_out
from relevo.domain.order import Order
from relevo.domain.segments import Encoding
from relevo.domain.senders import sender_kind
from relevo.domain.timing import Millis
from relevo.domain.voice import Voice
from relevo.domain.words import TrafficClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A composed text and what is known about how it would be sent.

    `registrations` are ids the account holds, `hosts` the hosts of its registered links,
    `brand` the name by which the text must name its sender. Without `sender` nothing about
    senders is judged, without `at` no window, without `brand` no naming.
    """

    traffic_class: TrafficClass
    text: str
    encoding: Encoding
    segments: int
    sender: str | None = None
    brand: str | None = None
    registrations: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    at: Millis | None = None
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that is broken; `blocks` when it is verified and a carrier would act on it.

    `detail` repeats neither the text nor the sender.
    """

    code: str
    detail: str
    blocks: bool
    verified: bool
    source: tuple[str, ...]


def draft_of(
    order: Order,
    made: Composition,
    voice: Voice,
    *,
    at: Millis | None = None,
    zones: tuple[str, ...] = (),
) -> Draft:
    """Put together what is known of an order once it is composed."""
    return Draft(
        traffic_class=order.traffic_class,
        text=made.text,
        encoding=made.sizing.encoding,
        segments=made.sizing.segments,
        sender=None if order.sender in voice.signatures else order.sender,
        brand=voice.brand,
        registrations=voice.registrations,
        hosts=voice.hosts,
        at=at,
        zones=zones,
    )


def violations(rules: Rules, draft: Draft) -> tuple[Breach, ...]:
    """Name every rule the draft breaks, in the order sender, text, links, content, time."""
    return tuple(
        breach
        for checks in (_sender, _registrations, _limits, _links, _content, _opt_out, _window)
        for breach in checks(rules, draft)
    )


_SIGNED: Final = re.compile(r"【[^【】]{2,32}】")


def _breach(rule: Rule, code: str, detail: str, *, blocks: bool = True) -> Breach:
    return Breach(
        code=code,
        detail=detail,
        blocks=blocks and rule.verified,
        verified=rule.verified,
        source=rule.source,
    )


def _sender(rules: Rules, draft: Draft) -> Iterator[Breach]:
    if draft.sender is None:
        return
    kind = sender_kind(draft.sender)
    rule = rules.senders.get(kind)
    if rule is not None and rule.use is SenderUse.UNSUPPORTED:
        yield _breach(rule, "sender-not-supported", f"No {kind} senders in {rules.country}.")
    if rule is not None and rule.use is SenderUse.OVERWRITTEN:
        detail = f"In {rules.country} another sender is shown in place of {kind} ones."
        yield _breach(rule, "sender-overwritten", detail, blocks=False)
    for form in rules.formats:
        if form.kind is not kind or draft.traffic_class not in form.classes:
            continue
        if not re.fullmatch(form.pattern, draft.sender):
            yield _breach(form, "sender-format", form.says)


def _registrations(rules: Rules, draft: Draft) -> Iterator[Breach]:
    for filed in rules.registrations:
        if filed.id not in draft.registrations and _concerns(filed, draft):
            yield _breach(filed, f"registration-needed:{filed.id}", filed.what)


def _concerns(filed: Registration, draft: Draft) -> bool:
    if filed.links and not hosts_in(draft.text):
        return False
    if not filed.kinds:
        return True
    if draft.sender is None or sender_kind(draft.sender) not in filed.kinds:
        return False
    return draft.sender.startswith(filed.starts)


def _limits(rules: Rules, draft: Draft) -> Iterator[Breach]:
    kind = None if draft.sender is None else sender_kind(draft.sender)
    for limit in rules.limits:
        if kind in limit.senders or limit.senders == frozenset(SenderKind):
            yield from _limit(limit, draft)


def _limit(limit: TextLimit, draft: Draft) -> Iterator[Breach]:
    match limit.kind:
        case LimitKind.UCS2 if draft.encoding == "UCS-2":
            yield _breach(limit, "encoding", "UCS-2 does not arrive reliably; stay in GSM-7.")
        case LimitKind.NON_ASCII if not draft.text.isascii():
            yield _breach(limit, "characters", "Write without accents, ñ, ¿ and ¡.")
        case LimitKind.CHARACTERS if len(draft.text) > limit.most:
            yield _breach(limit, "length", f"At most {limit.most} characters.")
        case LimitKind.SEGMENTS if draft.segments > limit.most:
            yield _breach(limit, "segments", f"At most {limit.most} segments.")


def _links(rules: Rules, draft: Draft) -> Iterator[Breach]:
    rule, hosts = rules.links, hosts_in(draft.text)
    if rule is None or not hosts:
        return
    if draft.sender is not None and sender_kind(draft.sender) in rule.never_from:
        yield _breach(rule, "link-from-sender", "Texts with links from such a sender are lost.")
    if rule.policy is not LinkPolicy.FREE and shortened(hosts):
        yield _breach(rule, "link-shortened", "Links must not go through a public shortener.")
    if rule.policy is LinkPolicy.REGISTERED and not draft.hosts.issuperset(hosts):
        yield _breach(rule, "link-not-registered", "Every link must be registered beforehand.")


def _content(rules: Rules, draft: Draft) -> Iterator[Breach]:
    for rule in rules.content:
        if draft.traffic_class in rule.classes and not _respected(rule, draft):
            yield _breach(rule, *_CONTENT[rule.kind])


_CONTENT: Final[dict[ContentKind, tuple[str, str]]] = {
    ContentKind.SIGNATURE: ("signature-missing", "The text must begin with its 【signature】."),
    ContentKind.ONE_SIGNATURE: ("brackets", "【】 belong to the signature alone."),
    ContentKind.ONE_OF: ("word-missing", "A word this kind of text must contain is missing."),
    ContentKind.NAMES_SENDER: ("sender-not-named", "The text must name its sender."),
}


def _respected(rule: ContentRule, draft: Draft) -> bool:
    match rule.kind:
        case ContentKind.SIGNATURE:
            return _SIGNED.match(draft.text) is not None
        case ContentKind.ONE_SIGNATURE:
            rest = _SIGNED.sub("", draft.text, count=1) if _SIGNED.match(draft.text) else draft.text
            return not {"【", "】"} & set(rest)
        case ContentKind.ONE_OF:
            return any(word in draft.text for word in rule.words)
        case ContentKind.NAMES_SENDER:
            return draft.brand is None or draft.brand.casefold() in draft.text.casefold()
        case ContentKind.FORBIDDEN:
            return True  # subjects are for people to judge; the API only lists them


def _opt_out(rules: Rules, draft: Draft) -> Iterator[Breach]:
    rule = rules.opt_out
    if draft.traffic_class is not TrafficClass.MARKETING or not rule.required:
        return
    if rule.by is OptOutBy.TEXT and not says_opt_out(rule, draft.text):
        yield _breach(rule, "opt-out-missing", "Promotion must say how to refuse it.")


def _window(rules: Rules, draft: Draft) -> Iterator[Breach]:
    if draft.at is None:
        return
    if opens(rules, draft.zones, draft.at, draft.traffic_class) is None:
        detail = "The number's time zones share no hour; give the recipient's own."
        for window in rules.windows:
            yield replace(_breach(window, "no-common-window", detail), blocks=True)
        return
    for window in rules.windows:
        alone = replace(rules, windows=(window,))
        if opens(alone, draft.zones, draft.at, draft.traffic_class) != draft.at:
            detail = "Promotion waits for the recipient's daytime."
            yield _breach(window, "outside-window", detail, blocks=False)
