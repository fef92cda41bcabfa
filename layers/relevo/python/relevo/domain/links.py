"""Links in texts, as a handset finds them, and the shorteners that markets refuse."""

import re
from collections.abc import Iterable
from typing import Final

# A host after a scheme, before a path, or bare with an ending people write without either.
# Bounded repeats: a text full of dots must not cost more than its length.
_LABELS: Final = r"(?:[a-z0-9-]{1,63}\.){1,6}"
_LINK: Final = re.compile(
    rf"https?://({_LABELS}[a-z0-9-]{{1,63}})"
    rf"|(?<![a-z0-9.@-])({_LABELS}(?:"
    r"(?:com|net|org|info|cn|io|ly|me|app)(?!\.?[a-z0-9-])|[a-z]{2,24}(?=[/?#])))",
    re.IGNORECASE | re.ASCII,
)
_SHORTENERS: Final = frozenset(
    {
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "dwz.cn",
        "goo.gl",
        "is.gd",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "reurl.cc",
        "shorturl.at",
        "suo.im",
        "t.cn",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "url.cn",
    }
)


def hosts_in(text: str) -> tuple[str, ...]:
    """Give the distinct hosts a handset would make links of, in lower case, in order."""
    found = (match.group(match.lastindex or 0) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(host.lower().removeprefix("www.") for host in found))


def shortened(hosts: Iterable[str]) -> bool:
    return not _SHORTENERS.isdisjoint(hosts)
