"""Numbers as people dictate them: a phone number or a code in words, in the groups one hears.

A reading aid, not an orthography of telephony; these are the rules, and nothing else is meant.

* A written number keeps its groups (`612 34 56 78` has four), a comma between them.
* Spanish reads a pair as one number (`34` treinta y cuatro, `05` cero cinco). A longer group is
  read in pairs, and where its length is odd its first three digits come one by one:
  `612` seis uno dos; `1234` doce, treinta y cuatro; `1234567` uno dos tres, cuarenta y cinco,
  sesenta y siete.
* English and Portuguese read digit by digit, a longer group than four in threes. In Brazil (and
  plain `pt`) 6 is *meia*, because *seis* is misheard as *três*.
* A bare run of signs is a code: digit by digit in every language, in threes (`410 852`) or fours,
  letters as themselves.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from relevo.domain.language import language_of, region_of

LONGEST: Final = 40
"""Signs; anything longer is no number and stays as it is."""

SPOKEN_LANGUAGES: Final = frozenset({"es", "en", "pt"})

_READABLE: Final = re.compile(r"(?=.*[0-9])(?:\+?[0-9() ./-]+|[0-9A-Za-z-]+)")
_GROUP: Final = re.compile(r"[0-9A-Za-z]+")
_Digits: TypeAlias = tuple[str, ...]


class _Voice(NamedTuple):
    digits: _Digits
    plus: str


def _words(line: str) -> _Digits:
    return tuple(line.split())


_ES: Final = _Voice(_words("cero uno dos tres cuatro cinco seis siete ocho nueve"), "más")
_EN: Final = _Voice(_words("zero one two three four five six seven eight nine"), "plus")
_PT: Final = _Voice(_words("zero um dois três quatro cinco seis sete oito nove"), "mais")
_BR: Final = _Voice(_words("zero um dois três quatro cinco meia sete oito nove"), "mais")
_TEENS: Final = _words(
    "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve "
    "veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_TENS: Final = _words("treinta cuarenta cincuenta sesenta setenta ochenta noventa")


def read_aloud(written: str, formats: str) -> str:
    """Give a number's words in the language of a canonical tag; what is no number is unchanged."""
    if len(written) > LONGEST or not _READABLE.fullmatch(written):
        return written
    voice, in_pairs = _voice(formats), language_of(formats) == "es"
    runs = _GROUP.findall(written)
    if len(runs) == 1 and not written.startswith("+"):
        groups = [_one_by_one(part, voice) for part in _cut(runs[0])]
    else:
        read = _paired if in_pairs else _digitwise
        groups = [words for run in runs for words in read(run, voice)]
    if written.startswith("+") and groups:
        groups[0] = f"{voice.plus} {groups[0]}"
    return ", ".join(groups) or written


def _voice(formats: str) -> _Voice:
    match language_of(formats):
        case "es":
            return _ES
        case "pt":
            return _BR if region_of(formats) in {None, "BR"} else _PT
    return _EN


def _one_by_one(run: str, voice: _Voice) -> str:
    return " ".join(voice.digits[int(sign)] if sign.isdecimal() else sign.upper() for sign in run)


def _cut(run: str) -> Iterator[str]:
    """Cut a run into threes, or into fours where only they come out even; never leave a single."""
    length = len(run)
    size = 3 if length % 3 == 0 or length % 4 else 4
    if length <= 4:
        size = 4
    while run:
        if len(run) == size + 1:
            size += 1
        yield run[:size]
        run = run[size:]


def _digitwise(run: str, voice: _Voice) -> Iterator[str]:
    parts = [run] if len(run) <= 4 else list(_cut(run))
    return (_one_by_one(part, voice) for part in parts)


def _paired(run: str, voice: _Voice) -> Iterator[str]:
    if not run.isdecimal():
        yield _one_by_one(run, voice)
        return
    start = 0 if len(run) % 2 == 0 else min(3, len(run))
    if start:
        yield _one_by_one(run[:start], voice)
    for place in range(start, len(run), 2):
        yield _pair(run[place : place + 2], voice)


def _pair(pair: str, voice: _Voice) -> str:
    number = int(pair)
    if pair[0] == "0":
        return _one_by_one(pair, voice)
    if number < 30:
        return _TEENS[number - 10]
    tens = _TENS[number // 10 - 3]
    return tens if number % 10 == 0 else f"{tens} y {voice.digits[number % 10]}"
