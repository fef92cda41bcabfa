"""The guides: a quick start in three languages, shown as the tests run it, and the sandbox."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from relevo.api.http import Call, Reply
from relevo.api.portal.pages import page
from relevo.domain.sandbox import BACKUP, PRIMARY, TABLE

SAMPLES: Final = Path(__file__).parent / "quickstart"


class Sample(NamedTuple):
    language: str
    file: str
    command: str

    @property
    def code(self) -> str:
        return (SAMPLES / self.file).read_text("utf-8")


LANGUAGES: Final = (
    Sample("curl", "send.sh", "bash"),
    Sample("Python", "send.py", "python3"),
    Sample("JavaScript", "send.mjs", "node"),
)


def quickstart(call: Call, _: Mapping[str, str]) -> Reply:
    return page("quickstart.html", call, samples=_samples())


def sandbox(call: Call, _: Mapping[str, str]) -> Reply:
    return page("sandbox.html", call, table=TABLE, primary=PRIMARY, backup=BACKUP)


@cache
def _samples() -> tuple[tuple[Sample, str], ...]:
    return tuple((sample, sample.code) for sample in LANGUAGES)
