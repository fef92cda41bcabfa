"""How a promotional text says that it can be refused: the market's wording, or words of its own."""

import re
from typing import Final

from relevo.domain.language import choose
from relevo.domain.links import hosts_in
from relevo.domain.market import OptOut, OptOutBy, Rules, SenderKind, SenderUse
from relevo.domain.senders import sender_kind


def opt_out_wording(rules: Rules, language: str, contact: str | None = None) -> str | None:
    """Give what to append to promotion; None where the carrier appends its own.

    `contact` is the number or link that takes refusals for a sender that hears no answers.
    The language falls back from `es-MX` to `es` to the market's first, as templates' do.
    """
    if rules.opt_out.by is OptOutBy.CARRIER:
        return None
    wordings = rules.opt_out.reply if contact is None else rules.opt_out.contact
    chosen = choose(wordings, language, next(iter(wordings)))
    return wordings[chosen.variant].replace("{contact}", contact or "") if chosen else None


def wording_for(
    rules: Rules, text: str, sender: str | None, language: str | None, contact: str | None
) -> str | None:
    """Give what promotion lacks so that it can be refused; None where nothing true can be said."""
    rule = rules.opt_out
    if not rule.required or rule.by is OptOutBy.CARRIER or invites_opt_out(rule, text):
        return None
    if contact is None and _hears_nothing(rules, sender):
        return None
    return opt_out_wording(rules, language or "", contact)


def _hears_nothing(rules: Rules, sender: str | None) -> bool:
    """Whether answers to this sender are lost: a name, unless the market puts a number there."""
    if sender is None:
        return False
    kind = sender_kind(sender)
    rule = rules.senders.get(kind)
    overwritten = rule is not None and rule.use is SenderUse.OVERWRITTEN
    return kind is SenderKind.ALPHANUMERIC and not overwritten


def says_opt_out(rule: OptOut, text: str) -> bool:
    """Say whether the text may already tell how to refuse: a keyword as a word, or a link."""
    return re.search(_keyword(rule), text, re.IGNORECASE) is not None or bool(hosts_in(text))


def invites_opt_out(rule: OptOut, text: str) -> bool:
    """Say whether the text plainly tells how to refuse, so that nothing need be added.

    By a wording of the market, or a keyword: in capitals, after a word like *reply*, or before a
    colon; "cancel anytime" is none.
    """
    said = [one.partition("{")[0] for one in (*rule.reply.values(), *rule.contact.values())]
    if any(one.casefold() in text.casefold() for one in said):
        return True
    keyword = _keyword(rule)
    plain = rf"{keyword}|(?i:(?:{_ANSWER})\W{{1,3}}{keyword}|{keyword}\s?:)"
    return re.search(plain, text) is not None


_ANSWER: Final = (
    "reply|text|send|sms|respond[ea]?|responder|env[ií][ea]|enviar|"
    "r[ée]pondez|r[ée]pondre|antworte[nt]?|rispondi|respon"
)


def _keyword(rule: OptOut) -> str:
    # Latin letters bound a word; Chinese is written without spaces.
    words = "|".join(map(re.escape, rule.keywords))
    return rf"(?<![0-9A-Za-zÀ-ɏ])(?:{words})(?![0-9A-Za-zÀ-ɏ])"
