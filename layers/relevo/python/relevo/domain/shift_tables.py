"""National single-shift tables (3GPP TS 23.038 A.2): letters GSM-7 gains where a carrier has them.

Each table holds the whole default extension as well, so choosing one loses nothing but the
room of its header. Only what a table adds to both is listed.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Shift: TypeAlias = Literal["es", "pt", "tr"]

NO_SHIFTS: Final[frozenset[Shift]] = frozenset()
"""What a carrier can do until it says more: handsets and operators that lack a table show junk."""

ADDED: Final[Mapping[Shift, frozenset[str]]] = {
    "es": frozenset("çÁÍÓÚáíóú"),
    "pt": frozenset("êçÔôÁáÊÀÍÓÚÃÕÂíóúãõâ"),
    "tr": frozenset("ĞİŞçğış"),
}
"""Two septets each: ESC and a code. The Greek letters of the Portuguese table GSM-7 has anyway."""
