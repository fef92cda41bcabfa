"""Where people's texts go in: what `dlr` is made of beside receipts, loaded with the first text."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from relevo.aws.accounts import DynamoAccounts
from relevo.aws.clients import Clients
from relevo.aws.histories import DynamoHistories
from relevo.aws.opt_outs import DynamoOptOuts
from relevo.aws.queues import SqsClassQueues
from relevo.aws.secrets import Secrets
from relevo.aws.senders import DynamoSenders
from relevo.domain.words import TrafficClass
from relevo.ports.basics import Clock
from relevo.ports.carriers import InboundText, Orphans
from relevo.ports.messages import Contents, Messages
from relevo.ports.routing import Routes

if TYPE_CHECKING:
    from relevo.services.accept import Acceptor
    from relevo.services.inbox import Inbox


@dataclass(frozen=True, kw_only=True)
class Inboxes:
    """The parts of an inbox; calling it takes a text in.

    Numbering plans, market rules and all that accepting takes wait until somebody writes.
    """

    messages: Messages
    contents: Contents
    orphans: Orphans
    routes: Routes
    vault: Secrets
    clients: Clients
    accounts_table: str
    routes_table: str
    transactional_queue: str
    id_key_secret: str
    clock: Clock

    def __call__(self, text: InboundText) -> None:
        self._inbox.take(text)

    @cached_property
    def _inbox(self) -> "Inbox":
        from relevo.services.inbox import Inbox  # noqa: PLC0415 - as said above

        dynamodb = self.clients.dynamodb
        return Inbox(
            messages=self.messages,
            opt_outs=DynamoOptOuts(client=dynamodb, table=self.accounts_table),
            accounts=DynamoAccounts(client=dynamodb, table=self.accounts_table, clock=self.clock),
            senders=self._senders,
            orphans=self.orphans,
            id_key=self._id_key,
            confirm=self._acceptor.confirm,
            clock=self.clock,
            draw=secrets.token_bytes,
        )

    @cached_property
    def _acceptor(self) -> "Acceptor":
        from relevo.aws.templates import DynamoTemplates  # noqa: PLC0415 - as said above
        from relevo.services.accept import Acceptor  # noqa: PLC0415
        from relevo.services.offer import Offers  # noqa: PLC0415
        from relevo.services.restrain import Restraint  # noqa: PLC0415

        client, table = self.clients.dynamodb, self.accounts_table
        templates = DynamoTemplates(client=client, table=table, clock=self.clock)
        urls = {TrafficClass.TRANSACTIONAL: self.transactional_queue}
        return Acceptor(
            messages=self.messages,
            contents=self.contents,
            offers=Offers(templates=templates, senders=self._senders, routes=self.routes),
            queues=SqsClassQueues(client=self.clients.sqs, urls=urls),
            clock=self.clock,
            draw=secrets.token_bytes,
            restraint=Restraint(histories=DynamoHistories(client=client, table=table)),
            id_key=self._id_key,
            plays_stop=lambda _environment, _recipient: False,
        )

    @cached_property
    def _senders(self) -> DynamoSenders:
        return DynamoSenders(
            client=self.clients.dynamodb, table=self.routes_table, clock=self.clock
        )

    @property
    def _id_key(self) -> Callable[[], bytes]:
        return partial(self.vault.key, self.id_key_secret)
