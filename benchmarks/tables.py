"""Markdown tables and documents, the same in the terminal and in docs/benchmarks."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[1] / "docs" / "benchmarks"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows with every column after the first aligned to the right."""
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [
        [row[0].ljust(widths[0])]
        + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        for row in texts
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]])


def verdict(value: float, budget: float) -> str:
    return "yes" if value <= budget else "**no**"


def publish(name: str, parts: Iterable[str]) -> None:
    """Print the document and write it down."""
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    print(text)
    DOCS.mkdir(parents=True, exist_ok=True)
    (DOCS / name).write_text(text, encoding="utf-8")
