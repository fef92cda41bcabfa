"""The dashboard of routing: which carrier is not well."""

from collections.abc import Sequence

from infra.config import Watched
from infra.watching.series import each, of, success
from infra.watching.terms import Board, Line, Panel

MS = "milliseconds"
PERCENT = "percent"


def carriers(watched: Watched) -> Board:
    """For those who buy routes: who delivers, how fast, at what price."""
    return Board(
        name="Carriers",
        asks="Which carrier delivers, how fast, at what price, and which should not be first?",
        rows=(
            (
                Panel(
                    title="Delivered of ended, by carrier",
                    asks="Whose messages reach handsets?",
                    lines=_success(watched.carriers),
                    unit=PERCENT,
                    bound=90,
                ),
                Panel(
                    title="Answers to submits",
                    asks="What does each carrier answer when it is given a message?",
                    lines=(each("CarrierSubmit", "Carrier", "Outcome"),),
                ),
            ),
            (
                Panel(
                    title="Delivered, by carrier and country",
                    asks="Who carries what, where?",
                    lines=(each("MessagesDelivered", "Carrier", "Country"),),
                ),
                Panel(
                    title="Why attempts fail",
                    asks="Which reasons do carriers give, and who is silent?",
                    lines=(each("AttemptFailed", "Carrier", "Reason"),),
                ),
            ),
            (
                Panel(
                    title="Time to answer a submit, p95",
                    asks="Which carrier is slow to take a message?",
                    lines=(each("CarrierSubmitLatency", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Acceptance to handset by carrier, p95",
                    asks="Which carrier is slow to deliver?",
                    lines=(each("DeliveryLatency", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Acceptance to handset by country, p95",
                    asks="Where is delivery slow?",
                    lines=(each("DeliveryLatency", "Country", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Changes of carrier",
                    asks="Who has to be helped out, and by whom?",
                    lines=(each("FailoverStarted", "FromCarrier", "ToCarrier"),),
                    width=8,
                ),
                Panel(
                    title="Deliveries after a change",
                    asks="Did the change help?",
                    lines=(each("FailoverSucceeded", "FromCarrier", "ToCarrier"),),
                    width=8,
                ),
                Panel(
                    title="Not known, perhaps twice, twice",
                    asks="How often does nobody know, and what does it cost?",
                    lines=tuple(
                        each(name, "Carrier")
                        for name in ("AmbiguousOutcome", "PossibleDuplicate", "DuplicateDelivered")
                    ),
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Receipts",
                    asks="Do receipts come, once, in order, and are they ours?",
                    lines=tuple(
                        each(name, "Carrier")
                        for name in (
                            *("DlrReceived", "DlrDuplicate", "DlrOutOfOrder"),
                            *("DlrOrphaned", "DlrRejected"),
                        )
                    ),
                    width=8,
                ),
                Panel(
                    title="Lag of receipts, p95",
                    asks="How long are receipts on their way to us?",
                    lines=(each("DlrLag", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Circuits, and trouble with our accounts",
                    asks="Whom do we leave alone (0 closed, 1 half open, 2 open)?",
                    lines=(
                        each("CircuitState", "Carrier", stat="Maximum"),
                        each("CarrierConfigError", "Carrier"),
                        of("SilenceHeld"),
                    ),
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Cost by carrier",
                    asks="What do accepted attempts cost, in millionths?",
                    lines=(each(f"CarrierCostMicros{watched.currency}", "Carrier"),),
                    unit=f"millionths of {watched.currency}",
                ),
                Panel(
                    title="Cost by country",
                    asks="Where does the money go?",
                    lines=(each(f"CarrierCostMicros{watched.currency}", "Country"),),
                    unit=f"millionths of {watched.currency}",
                ),
            ),
        ),
    )


def _success(names: Sequence[str]) -> tuple[Line, ...]:
    return tuple(success(one, Carrier=one) for one in names)
