from pathlib import Path

from relevo.carriers.matrix import page

WRITTEN = Path(__file__).parents[2] / "docs/carriers/matrix.md"


def test_the_page_is_what_the_adapters_say() -> None:
    assert WRITTEN.read_text() == page()
