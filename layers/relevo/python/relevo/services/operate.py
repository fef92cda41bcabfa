"""Operate: change routes, lists and senders, checked as a whole; see what carriers were told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relevo.domain.book_check import book_flaws
from relevo.domain.problem import Flaw, Problem
from relevo.domain.routes import Route, RouteBook
from relevo.domain.sender import Sender
from relevo.ports.accounts import Accounts
from relevo.ports.carriers import Exchanges
from relevo.ports.routing import Routes, Senders


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """`carriers` are the names of those built into this stage."""

    routes: Routes
    senders: Senders
    accounts: Accounts
    exchanges: Exchanges
    carriers: Collection[str]

    def book(self) -> RouteBook:
        return self.routes.fresh_book()

    def replace_book(self, new: RouteBook) -> RouteBook:
        """Make this everything that is configured; raises Problem and changes nothing."""
        return self._change(self.book(), new)

    def put_route(self, route: Route) -> RouteBook:
        book = self.book()
        return self._change(book, replace(book, routes={**book.routes, route.name: route}))

    def remove_route(self, name: str) -> None:
        """Remove a route that no list names; raises Problem."""
        book = self.book()
        if name not in book.routes:
            raise Problem("not-found")
        if any(name in (*one.primary, *one.backup) for one in book.lists.values()):
            raise Problem("route-in-use", "Take it off the lists first.")
        rest = {known: route for known, route in book.routes.items() if known != name}
        self.routes.change(book, replace(book, routes=rest))

    def senders_of(self, account: str) -> Sequence[Sender]:
        self._check_account(account)
        return self.senders.of(account)

    def replace_senders(self, account: str, senders: Sequence[Sender]) -> Sequence[Sender]:
        """Make these the account's senders, and no others; raises Problem."""
        self._check_account(account)
        names = [sender.name for sender in senders]
        if len(set(names)) < len(names):
            flaw = Flaw("/senders", "twice", "Each sender stands here once.")
            raise Problem("validation-failed", errors=[flaw])
        self.senders.change(account, senders)
        return sorted(senders, key=lambda sender: sender.name)

    def exchanges_of(self, message_id: str) -> Sequence[Mapping[str, Any]]:
        """Give what passed between us and carriers, of any account's message, redacted."""
        return self.exchanges.of(message_id)

    def _change(self, old: RouteBook, new: RouteBook) -> RouteBook:
        if flaws := book_flaws(new, self.carriers):
            raise Problem("validation-failed", errors=flaws[:20])
        self.routes.change(old, new)
        return new

    def _check_account(self, account: str) -> None:
        if self.accounts.account(account) is None:
            raise Problem("not-found")
