"""Which rules of a market a draft breaks: for quotes and previews, before anything is sent."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from relevo.domain.market import (
    ContentKind,
    ContentRule,
    LimitKind,
    LinkPolicy,
    OptOut,
    OptOutBy,
    Registration,
    Rule,
    Rules,
    SenderKind,
    SenderUse,
    TextLimit,
)
from relevo.domain.market_hours import opens
from relevo.domain.segments import Encoding
from relevo.domain.timing import Millis
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


def violations(rules: Rules, draft: Draft) -> tuple[Breach, ...]:
    """Name every rule the draft breaks, in the order sender, text, links, content, time."""
    return tuple(
        breach
        for checks in (_sender, _registrations, _limits, _links, _content, _opt_out, _window)
        for breach in checks(rules, draft)
    )


_TOLL_FREE: Final = re.compile(r"\+?1?8(?:00|33|44|55|66|77|88)\d{7}")
_NUMBER: Final = re.compile(r"\+?\d+")
_SHORT: Final = 7


def sender_kind(sender: str) -> SenderKind:
    """Tell what kind of sender is written here; a short code has at most seven digits."""
    if not _NUMBER.fullmatch(sender):
        return SenderKind.ALPHANUMERIC
    if _TOLL_FREE.fullmatch(sender):
        return SenderKind.TOLL_FREE
    short = len(sender) <= _SHORT and not sender.startswith("+")
    return SenderKind.SHORT_CODE if short else SenderKind.LONG_CODE


# A host after a scheme, before a path, or bare with an ending people write without either.
# Bounded repeats: a text full of dots must not cost more than its length.
_LABELS: Final = r"(?:[a-z0-9-]{1,63}\.){1,6}"
_LINK: Final = re.compile(
    rf"https?://({_LABELS}[a-z0-9-]{{1,63}})"
    rf"|(?<![a-z0-9.@-])({_LABELS}(?:"
    r"(?:com|net|org|info|cn|io|ly|me|app)(?!\.?[a-z0-9-])|[a-z]{2,24}(?=[/?#])))",
    re.IGNORECASE | re.ASCII,
)
_SHORTENERS: Final = frozenset(
    {
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "dwz.cn",
        "goo.gl",
        "is.gd",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "reurl.cc",
        "shorturl.at",
        "suo.im",
        "t.cn",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "url.cn",
    }
)
_SIGNED: Final = re.compile(r"【[^【】]{2,32}】")


def hosts_in(text: str) -> tuple[str, ...]:
    """Give the distinct hosts a handset would make links of, in lower case, in order."""
    found = (match.group(match.lastindex or 0) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(host.lower().removeprefix("www.") for host in found))


def opt_out_wording(rules: Rules, language: str, contact: str | None = None) -> str | None:
    """Give what to append to promotion; None where the carrier appends its own.

    `contact` is the number or link that takes refusals for a sender that hears no answers.
    The language falls back from `es-MX` to `es` to the market's first.
    """
    if rules.opt_out.by is OptOutBy.CARRIER:
        return None
    wordings = rules.opt_out.reply if contact is None else rules.opt_out.contact
    base = language.partition("-")[0]
    wording = wordings.get(language) or wordings.get(base) or next(iter(wordings.values()))
    return wording.replace("{contact}", contact or "")


def says_opt_out(rule: OptOut, text: str) -> bool:
    """Say whether the text already tells how to refuse: a keyword as a word, or a link."""
    words = "|".join(map(re.escape, rule.keywords))
    # Latin letters bound a word; Chinese is written without spaces.
    keyword = rf"(?<![0-9A-Za-zÀ-ɏ])(?:{words})(?![0-9A-Za-zÀ-ɏ])"
    return re.search(keyword, text, re.IGNORECASE) is not None or bool(hosts_in(text))


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
    if rule.policy is not LinkPolicy.FREE and _short(hosts):
        yield _breach(rule, "link-shortened", "Links must not go through a public shortener.")
    if rule.policy is LinkPolicy.REGISTERED and not draft.hosts.issuperset(hosts):
        yield _breach(rule, "link-not-registered", "Every link must be registered beforehand.")


def _short(hosts: Iterable[str]) -> bool:
    return not _SHORTENERS.isdisjoint(hosts)


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
