"""Keep templates: check them when they are saved, show what they would look like, retire them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from relevo import markets
from relevo.domain.compose import compose
from relevo.domain.language import canonical, language_of, region_of
from relevo.domain.market import ELSEWHERE
from relevo.domain.market_check import draft_of, violations
from relevo.domain.order import Filling, Order
from relevo.domain.preview import Preview, Trial
from relevo.domain.problem import Problem
from relevo.domain.template_check import check
from relevo.domain.template_findings import Finding, invalid, refusal
from relevo.domain.template_lint import Lint, blamed, lint, made_up
from relevo.domain.templates import Template
from relevo.ports.accounts import Account
from relevo.ports.basics import Clock, Conflict
from relevo.ports.templates import TemplatePage, Templates

_HOME: Final[Mapping[str, str]] = {
    "ca": "ES",
    "de": "DE",
    "en": "US",
    "es": "ES",
    "eu": "ES",
    "fr": "FR",
    "gl": "ES",
    "it": "IT",
    "pt": "BR",
    "zh": "CN",
}
"""The market a language without a region is shown for, where none is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A version as stored, and what each of its variants costs to send."""

    template: Template
    lints: tuple[Lint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    templates: Templates
    clock: Clock

    def create(self, account: Account, template: Template) -> Saved:
        """Save the first version, or the next one of a retired template; raises Problem."""
        known = self.templates.latest(account.id, template.id)
        if known is not None and not known.retired:
            raise Problem("template-exists")
        return self._save(account, template, known)

    def change(self, account: Account, template: Template) -> Saved:
        """Save a further version, unless it says what the latest one says; raises Problem."""
        known = self.templates.latest(account.id, template.id)
        if known is None or known.retired:
            raise Problem("not-found")
        same = replace(template, version=known.version, saved_at=known.saved_at)
        if same == known:
            return Saved(template=known, lints=lints_of(account, known))
        return self._save(account, template, known)

    def fetch(self, account: Account, template_id: str, version: int | None = None) -> Template:
        found = self.templates.get(account.id, template_id, version)
        if found is None:
            raise Problem("not-found")
        return found

    def page(self, account: Account, *, after: str | None, limit: int) -> TemplatePage:
        return self.templates.page(account.id, after=after, limit=limit)

    def retire(self, account: Account, template_id: str) -> None:
        """Take a template out of use; messages accepted with it are sent all the same."""
        known = self.templates.latest(account.id, template_id)
        if known is None or known.retired:
            raise Problem("not-found")
        try:
            self.templates.retire(account.id, known)
        except Conflict:
            raise Problem("edit-conflict") from None

    def preview(
        self, account: Account, template_id: str, version: int | None, trial: Trial
    ) -> Sequence[Preview]:
        """Compose as a send would, for every language and market asked for; raises Problem."""
        template = self.fetch(account, template_id, version)
        return list(_previews(account, template, trial, self.clock()))

    def _save(self, account: Account, template: Template, known: Template | None) -> Saved:
        version = 1 if known is None else known.version + 1
        fresh = replace(template, version=version, saved_at=self.clock())
        problem = refusal((*check(fresh), *_unregistered(account, fresh)))
        if problem is not None:
            raise problem
        lints = lints_of(account, fresh)
        try:
            self.templates.save(account.id, fresh)
        except Conflict:
            raise Problem("edit-conflict") from None
        return Saved(template=fresh, lints=lints)


def lints_of(account: Account, template: Template) -> tuple[Lint, ...]:
    return lint(template, signature=template.signature or account.voice.signature_of(""))


def _unregistered(account: Account, template: Template) -> Iterator[Finding]:
    if template.signature not in (None, *account.voice.signatures):
        detail = "This signature is not among those registered for the account."
        yield invalid("/signature", "not-registered", detail)


def _previews(account: Account, template: Template, trial: Trial, now: int) -> Iterator[Preview]:
    values = {**made_up(template.variables), **trial.variables}
    for tag in (trial.language,) if trial.language else tuple(template.variants):
        for country in trial.countries or (_home(tag),):
            order = Order(
                to="",
                country=country,
                filling=Filling(template_id=template.id, variables=values),
                language=tag,
                zone=trial.zone,
                traffic_class=template.category,
                body_digest="",
                sender=trial.sender,
                smart_encoding=trial.smart_encoding,
            )
            yield _preview(account, template, order, country, now)


def _preview(account: Account, template: Template, order: Order, country: str, now: int) -> Preview:
    voice, rules = account.voice, markets.rules(country, now)
    made = compose(order, country, voice, template=template, rules=rules)
    culprits, as_gsm = blamed(made.language or "", made.text)
    return Preview(
        language=order.language or "",
        country=country,
        composition=made,
        culprits=culprits,
        as_gsm=as_gsm,
        violations=violations(rules, draft_of(order, made, voice)),
    )


def _home(tag: str) -> str:
    region = region_of(canonical(tag) or tag)
    return region or _HOME.get(language_of(tag), ELSEWHERE)
