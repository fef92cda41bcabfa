"""Pointers name places; what a client may have hidden in a name stays unsaid."""

import pytest

from relevo.api.pointers import pointer


@pytest.mark.parametrize(
    ("path", "expected", "note"),
    [
        ((), "", "the whole body"),
        (("to",), "/to", ""),
        (("messages", 3, "metadata", "order-id"), "/messages/3/metadata/order-id", "rows"),
        (("foo",), "/foo", "an unknown field may be named"),
        (("+34612345678",), "", "a number as a name"),
        (("x34612345678",), "", "a number inside a name"),
        (("metadata", "Su código es 1234"), "/metadata", "a text as a name"),
        (("metadata", "a/b~c"), "/metadata", "nothing to escape, ever"),
        (("metadata", ""), "/metadata", "an empty name"),
        (("a" * 41,), "", "too long to be a name"),
        (("variables", "code", "[key]"), "/variables/code", "pydantic's mark for a key"),
    ],
)
def test_pointers(path: tuple[str | int, ...], expected: str, note: str) -> None:
    assert pointer(path) == expected, note
