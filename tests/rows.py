"""The sandbox's table: messages to send, and how each must end (008 and 010 stand apart)."""

from dataclasses import dataclass
from typing import Any, Final

from relevo.domain.sandbox import OTHERS, TABLE, Digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message to send and how it must end; `submits` are the carriers in the ledger's order."""

    tail: str
    status: str
    submits: tuple[str, ...]
    fields: tuple[tuple[str, Any], ...]
    duplicate: bool
    note: str

    def __str__(self) -> str:
        return f"{self.tail} {self.note}".strip()


def _rows(digits: Digits) -> tuple[Row, ...]:
    """Every journey that the guide shows for these digits."""
    other = digits.tail == OTHERS
    return tuple(
        Row(
            tail=digits.to[-3:],
            status=journey.status,
            submits=journey.submits,
            fields=tuple(journey.fields.items()),
            duplicate=journey.duplicate,
            note=f"{OTHERS} {journey.note}" if other else journey.note,
        )
        for journey in digits.journeys
    )


ROWS: Final = tuple(row for digits in TABLE for row in _rows(digits))
