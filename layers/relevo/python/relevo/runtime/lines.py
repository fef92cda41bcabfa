"""Which carrier a route leads to: the sandbox's, or one of our accounts, when first wanted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relevo.carriers import registry
from relevo.domain.routes import Route
from relevo.ports.basics import Clock, Draw
from relevo.ports.carriers import Carrier

if TYPE_CHECKING:
    from relevo.carriers.exchange import Record
    from relevo.carriers.line import Line
    from relevo.carriers.sdk_line import SdkLine
    from relevo.carriers.values import CarrierAccount, Inquiry, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A `CarrierOf`; `read` gives an account as it is stored now."""

    sandbox: Mapping[str, Carrier]
    read: "Callable[[str], CarrierAccount]"
    record: "Record"
    clock: Clock
    draw: Draw
    _made: dict[tuple[str, str], "Line | SdkLine"] = field(default_factory=dict)

    def __call__(self, route: Route) -> Carrier | None:
        if route.carrier not in registry.ADAPTERS:
            return self.sandbox.get(route.carrier)
        return self.line(route.carrier, route.credentials)

    def knows_repeats(self, route: Route) -> bool:
        """Say whether the carrier of a route recognises an id of ours that it has had before."""
        if route.carrier not in registry.ADAPTERS:
            return False
        return registry.adapter(route.carrier).capabilities.deduplicates

    def line(self, adapter: str, account: str) -> "Line | SdkLine":
        """Give the line to an account; connections and credentials are kept with it."""
        key = (adapter, account)
        if key not in self._made:
            self._made[key] = self._line(adapter, account)
        return self._made[key]

    def ask(self, adapter: str, account: str, inquiry: "Inquiry") -> "Sequence[Notice] | None":
        """Put an inquiry to a carrier; None where its line knows no inquiries, or no answer."""
        from relevo.carriers.line import Line  # noqa: PLC0415 - as below

        line = self.line(adapter, account)
        return line.lookup(inquiry) if isinstance(line, Line) else None

    def _line(self, name: str, account: str) -> "Line | SdkLine":
        # An adapter, TLS and urllib3 cost start-up time that the sandbox need not pay.
        from relevo.carriers.credentials import Credentials  # noqa: PLC0415
        from relevo.carriers.line import Line  # noqa: PLC0415
        from relevo.carriers.sdk_line import SDKS, SdkLine  # noqa: PLC0415

        made = SdkLine if name in SDKS else Line
        return made(
            adapter=registry.adapter(name),
            credentials=Credentials(read=lambda: self.read(account), clock=self.clock),
            clock=self.clock,
            draw=self.draw,
            record=self.record,
        )
