"""Where templates are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from relevo.domain.templates import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage:
    """Some of a list, and the id after which the next page begins, if there is one."""

    templates: Sequence[Template]
    after: str | None = None


class Templates(Protocol):
    def get(self, account: str, template_id: str, version: int | None = None) -> Template | None:
        """Give the latest version or the one named; a retired template has none.

        May be a few seconds behind a save or a retirement made elsewhere.
        """
        ...

    def latest(self, account: str, template_id: str) -> Template | None:
        """Give the latest version as it stands, retired ones too (strongly consistent)."""
        ...

    def page(self, account: str, *, after: str | None, limit: int) -> TemplatePage:
        """Give the latest versions of all that are not retired, by id."""
        ...

    def save(self, account: str, template: Template) -> None:
        """Store a version that follows the latest one; raises Conflict when it does not."""
        ...

    def retire(self, account: str, template: Template) -> None:
        """Take a template out of use, from this version on; raises Conflict when it changed."""
        ...
