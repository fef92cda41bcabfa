"""Where counts for analysts are kept; `accept` answers with them, two functions write them."""

from relevo.aws.telemetry import DynamoTelemetry
from relevo.runtime.bootstrap import parts


def telemetry() -> DynamoTelemetry:
    return DynamoTelemetry(
        client=parts.clients().dynamodb, table=parts.settings().routes_table, clock=parts.now
    )
