"""Take in what people text to us: refusals at once, the rest for the account they wrote to."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from relevo import markets
from relevo.domain.idempotency import recipient_hash
from relevo.domain.inbound import (
    ELSEWHERE,
    Person,
    inbound_content,
    inbound_head,
    inbound_id,
    storable,
)
from relevo.domain.language import choose
from relevo.domain.order import Order
from relevo.domain.phone import parse_recipient
from relevo.domain.problem import Problem
from relevo.domain.refusal import Wish, wish_in
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Accounts, OptOuts
from relevo.ports.basics import Clock, Draw
from relevo.ports.carriers import InboundText, Orphans
from relevo.ports.messages import Messages
from relevo.ports.routing import Senders

log = logging.getLogger(__name__)

LIVE = Environment.LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """`confirm` gives our own answer to a refusal on the road that every message takes."""

    messages: Messages
    opt_outs: OptOuts
    accounts: Accounts
    senders: Senders
    orphans: Orphans
    id_key: Callable[[], bytes]
    confirm: Callable[[Account, Order], object]
    clock: Clock
    draw: Draw

    def take(self, text: InboundText) -> None:
        """Heed and store a text; one met twice comes to the same. Raises what tables raise.

        A number that several accounts share says whom nobody wants texts from, but not whom
        an answer is for: then the refusal counts for all of them and the text for none. Nor can
        it be taken back there: a repeat of that would not be known for one, and undo a later stop.
        """
        person = self._person(text.sender)
        owners = list(self._owners(text))
        if not owners:
            log.warning("inbound-unowned", extra={"carrier": text.carrier, "line": text.line})
            self.orphans.keep_stray(text.carrier, {"inbound": text.key or "?"}, self.clock())
        key = text.key or self.draw(16).hex()
        for account in owners:
            id_ = inbound_id(self.id_key(), account.id, text.line, key)
            wish = self._wish(account, person, text)
            alone = len(owners) == 1
            new = self._heed(account, person, wish, id_, may_resume=alone)
            if alone:
                self._store(account, person, wish, id_, text)
                if new and not text.answered:
                    self._confirm(account, person, id_, text)

    def _owners(self, text: InboundText) -> Iterable[Account]:
        named = (text.owner,) if text.owner else self.senders.owners(text.recipient or "")
        known = (self.accounts.account(name) for name in named)
        return (account for account in known if account is not None)

    def _person(self, number: str) -> Person:
        # Carriers write E.164 with and without its plus; short codes and names write to us too.
        digits = number.strip().removeprefix("+")
        country, known = ELSEWHERE, number
        if digits.isascii() and digits.isdigit():
            try:
                found = parse_recipient(f"+{digits}")
            except Problem:
                known = f"+{digits}"
            else:
                country, known = found.country, found.e164
        hashed = recipient_hash(self.id_key(), known)
        return Person(number=known, country=country, hashed=hashed)

    def _wish(self, account: Account, person: Person, text: InboundText) -> Wish | None:
        voice, rules = account.voice, markets.rules(person.country, self.clock())
        said = wish_in(
            text.text,
            markets.answer_words(),
            keywords=rules.opt_out.keywords,
            names=[name for name in (voice.brand, *voice.signatures) if name],
        )
        return said or (Wish.STOP if text.refuses else None)

    def _heed(
        self, account: Account, person: Person, wish: Wish | None, by: str, *, may_resume: bool
    ) -> bool:
        """Write a wish down before anything else; say whether this text made the refusal.

        What is stored was heeded before: told again later, *start* must not undo a *stop* since.
        """
        if wish is Wish.STOP:
            return self.opt_outs.add(account.id, LIVE, person.hashed, self.clock(), by=by)
        if wish is Wish.RESUME and may_resume and self.messages.get(by) is None:
            self.opt_outs.remove(account.id, LIVE, person.hashed)
        return False

    def _store(
        self, account: Account, person: Person, wish: Wish | None, id_: str, text: InboundText
    ) -> None:
        said = storable(text.text)
        head = inbound_head(id_, account.id, account.currency, said, person, wish, self.clock())
        content = inbound_content(id_, said, person, text.recipient, text.part)
        self.messages.receive(head, content, account)

    def _confirm(self, account: Account, person: Person, key: str, text: InboundText) -> None:
        """Answer a refusal once, where the market wants that; what forbids it is no failure."""
        wordings = markets.rules(person.country, self.clock()).opt_out.confirm
        chosen = choose(wordings, account.voice.language, next(iter(wordings), None))
        ours = self._ours(account, text)
        name = account.voice.brand or ours
        if chosen is None or name is None:
            return
        order = Order(
            to=person.number,
            country=None,
            text=wordings[chosen.variant].replace("{name}", name),
            language=chosen.variant,
            sender=ours,
            body_digest=key,
            key=key,
            confirms=True,
        )
        try:
            self.confirm(account, order)
        except Problem as problem:
            log.warning("confirmation-refused", extra={"message_id": key, "code": problem.slug})

    def _ours(self, account: Account, text: InboundText) -> str | None:
        """Give the number that was written to, as the account's senders spell it."""
        wanted = (text.recipient or "").removeprefix("+")
        names = [sender.name for sender in self.senders.of(account.id)]
        return next((name for name in names if name.removeprefix("+") == wanted), None)
