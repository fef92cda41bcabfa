"""How each carrier reads a submit, takes it, refuses it, and signs what it calls back with.

Signatures come from the carriers' own SDKs where those can make them, never from our adapters.
"""

from collections.abc import Mapping
from typing import Final

from tools.simulator.dialects import (
    alibaba,
    aws_eum,
    infobip,
    jasmin,
    kannel,
    plivo,
    sinch,
    telnyx,
    tencent,
    twilio,
    vonage,
    vonage_messages,
)
from tools.simulator.wire import Dialect

DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        infobip.DIALECT,
        twilio.DIALECT,
        aws_eum.DIALECT,
        tencent.DIALECT,
        kannel.DIALECT,
        jasmin.DIALECT,
        vonage.DIALECT,
        vonage_messages.DIALECT,
        sinch.DIALECT,
        alibaba.DIALECT,
        telnyx.DIALECT,
        plivo.DIALECT,
        alibaba.ABROAD,
    )
}
