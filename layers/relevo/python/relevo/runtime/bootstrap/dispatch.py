"""What `dispatch` is made of."""

from relevo.aws.exchanges import DynamoExchanges
from relevo.aws.pace import DynamoPace
from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.lines import lines
from relevo.runtime.bootstrap.route import fuses
from relevo.runtime.logs import configure
from relevo.services.dispatch import Dispatcher
from relevo.services.pace import Pacer


def dispatcher(kept: DynamoExchanges) -> Dispatcher:
    configure("dispatch")
    carrier_of = lines(kept)
    return Dispatcher(
        messages=parts.messages(),
        letters=parts.letters(opt_outs=True),
        dues=parts.dues(),
        carrier_of=carrier_of,
        knows_repeats=carrier_of.knows_repeats,
        pacer=_pacer(),
        fuses=fuses(),
        clock=parts.now,
        draw=parts.draw,
        parallel=parts.side_by_side,
    )


def _pacer() -> Pacer:
    return Pacer(
        pace=DynamoPace(client=parts.hasty(), table=parts.settings().routes_table),
        messages=parts.messages(),
        clock=parts.now,
        draw=parts.draw,
        parallel=parts.side_by_side,
    )


def exchanges() -> DynamoExchanges:
    return DynamoExchanges(
        client=parts.clients().dynamodb,
        table=parts.settings().ledger_table,
        keep_accepted=parts.settings().keep_accepted_exchanges == "yes",
    )
