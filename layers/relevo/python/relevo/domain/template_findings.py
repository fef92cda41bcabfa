"""What is said of a template that cannot be saved: findings, and the problem they make."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from relevo.domain.problem import Flaw, Problem

NOT_ALLOWED: Final = "template-not-allowed"
MISSING: Final = "template-variable-missing"
LIMIT: Final = "template-limit-exceeded"
INVALID: Final = "validation-failed"
_GRAVEST_FIRST: Final = (NOT_ALLOWED, MISSING, LIMIT, INVALID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to put right; `line` counts in the variant that `pointer` names."""

    slug: str
    pointer: str
    code: str
    detail: str
    line: int | None = None

    def flaw(self) -> Flaw:
        where = "" if self.line is None else f"Line {self.line}: "
        return Flaw(self.pointer, self.code, where + self.detail)


def refusal(findings: Iterable[Finding]) -> Problem | None:
    """Make the problem a client is told: the gravest slug, every finding as an error of it."""
    found = tuple(findings)
    slugs = {finding.slug for finding in found}
    for slug in _GRAVEST_FIRST:
        if slug in slugs:
            return Problem(slug, errors=[finding.flaw() for finding in found])
    return None


def limit(pointer: str, most: int) -> Finding:
    return Finding(slug=LIMIT, pointer=pointer, code="too-many", detail=f"At most {most}.")


def invalid(pointer: str, code: str, detail: str) -> Finding:
    return Finding(slug=INVALID, pointer=pointer, code=code, detail=detail)
