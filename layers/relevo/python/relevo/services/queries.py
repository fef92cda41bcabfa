"""Look up: messages as only their own account, in its own environment, may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relevo.domain.idempotency import is_id
from relevo.domain.message import Content, Head
from relevo.domain.problem import Problem
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Accounts, Balance
from relevo.ports.basics import Clock
from relevo.ports.messages import Contents, Messages
from relevo.ports.routing import Routes
from relevo.services.accept import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    accounts: Accounts
    messages: Messages
    contents: Contents
    routes: Routes
    clock: Clock

    def head(self, account: Account, environment: Environment, message_id: str) -> Head:
        """Give the head; not ours, not this environment's and not there are the same answer."""
        head = self.messages.get(message_id) if is_id(message_id) else None
        if head is None or (head.account, head.environment) != (account.id, environment):
            raise Problem("not-found")
        return head

    def content(self, head: Head) -> Content | None:
        """Give the content, which is gone earlier than its head."""
        return self.contents.get(head.id)

    def decision(self, head: Head) -> Mapping[str, Any]:
        """Give the decision on its routes; empty until it is made, and after it is forgotten."""
        return (self.routes.decision(head.decision) if head.decision else None) or {}

    def carriers(self) -> Mapping[str, str]:
        """Give the carrier of every configured route."""
        return {name: route.carrier for name, route in self.routes.book().routes.items()}

    def balance(self, account: Account, environment: Environment) -> Balance:
        return self.accounts.balance(account, environment, today=day_of(self.clock()))
