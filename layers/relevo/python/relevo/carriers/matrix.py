"""What each carrier can do, as the page docs/carriers/matrix.md; written from the adapters' data.

`python -m relevo.carriers.matrix > docs/carriers/matrix.md`
"""

import sys
from collections.abc import Callable
from typing import Any, Final

from relevo.carriers import registry
from relevo.carriers.base import Adapter, Capabilities
from relevo.domain.timing import SECOND


def _longest(can: Capabilities) -> str:
    if can.max_segments:
        return f"{can.max_segments} segments"
    return f"{can.max_characters} characters" if can.max_characters else "–"


def _seconds(span: int | None) -> str:
    return "–" if span is None else f"{span // SECOND} s"


ROWS: Final[tuple[tuple[str, Callable[[Capabilities], str]], ...]] = (
    ("sends", lambda can: "any text" if can.free_text else "approved templates only"),
    ("encodings", lambda can: ", ".join(sorted(can.encodings)) if can.free_text else "its own"),
    ("national tables", lambda can: ", ".join(sorted(can.shifts)) or "–"),
    ("longest text", _longest),
    ("validity", lambda can: "–" if can.ttl is None else f"{can.ttl[0]}–{can.ttl[1]} s"),
    ("receipts", lambda can: f"one for each {'message' if can.receipts == 'whole' else 'part'}"),
    ("webhooks signed", lambda can: can.signed),
    ("signed time holds for", lambda can: _seconds(can.replay_window)),
    ("wants to hear", lambda can: f"`{can.acknowledgement}`"),
    ("within", lambda can: _seconds(can.answer_within)),
    ("knows a repeat by our reference", lambda can: "yes" if can.deduplicates else "–"),
    ("can be asked about a message", lambda can: can.lookup.replace("none", "–")),
    ("tells the balance", lambda can: "yes" if can.balance else "–"),
    ("inbound texts", lambda can: "yes" if can.inbound else "–"),
)


def page() -> str:
    """Write the page."""
    adapters = [registry.adapter(name) for name in registry.ADAPTERS]
    lines = [
        "# Carriers",
        "",
        "Written by `python -m relevo.carriers.matrix` from the adapters; a test compares it.",
        "What a field of an account is for stands in the carrier's own file.",
        "",
        "## What each can do",
        "",
        *_table(["", *(adapter.name for adapter in adapters)], _capabilities(adapters)),
        "",
        "## What an account needs",
        "",
        *_table(["carrier", "needed", "optional", "never shown"], map(_fields, adapters)),
    ]
    return "\n".join(lines) + "\n"


def _capabilities(adapters: list[Adapter[Any]]) -> list[list[str]]:
    return [[name, *(says(adapter.capabilities) for adapter in adapters)] for name, says in ROWS]


def _fields(adapter: Adapter[Any]) -> list[str]:
    names = (adapter.needs, adapter.optional, adapter.secret)
    return [adapter.name, *(", ".join(f"`{one}`" for one in sorted(some)) or "–" for some in names)]


def _table(head: list[str], rows: Any) -> list[str]:
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
