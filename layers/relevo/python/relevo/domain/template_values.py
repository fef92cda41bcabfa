"""Values of a message's variables, read by the template's schema before they are rendered."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from relevo.domain.problem import Flaw, Problem
from relevo.domain.templates import UNSENDABLE, Variable, VariableType

_LARGEST: Final = 10**15
_FINEST: Final = -6
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_CODE: Final = re.compile(r"[0-9A-Za-z-]+")
_DAY: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    _DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_MOST_FLAWS: Final = 20


class Money(NamedTuple):
    amount: Decimal
    currency: str


Value: TypeAlias = str | Decimal | Money | date
"""A day, or (as a `datetime`, which is a `date` too) an instant with its offset."""


class _Unfit(Exception):
    """A value that does not fit its variable; says why without repeating it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def _string(given: object, variable: Variable) -> str:
    if not isinstance(given, str):
        raise _Unfit("wrong-type", "Give a string.")
    if len(given) > variable.max_length:
        raise _Unfit("too-long", f"At most {variable.max_length} characters.")
    if UNSENDABLE.search(given):
        detail = "Control characters and lone surrogates are not allowed."
        raise _Unfit("forbidden-character", detail)
    return given


def _code(given: object, variable: Variable) -> str:
    # A number would lose the zeros it begins with.
    text = _string(given, variable)
    if not _CODE.fullmatch(text):
        raise _Unfit("not-a-code", "A code is a string of letters A-Z, digits and hyphens.")
    return text


def _number(given: object, _variable: Variable) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise _Unfit("wrong-type", "Give a number.")
    if isinstance(given, int):
        number = Decimal(given if abs(given) < _LARGEST else "NaN")
    else:
        number = Decimal(repr(given)) if isinstance(given, float) else given
    return _bounded(number)


def _bounded(number: Decimal) -> Decimal:
    # Decimal writes 1E+999999999 out in a gigabyte, so the size is looked at before the digits.
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST or number.adjusted() >= 15:
        raise _Unfit("out-of-range", "At most 15 digits before the point and 6 after it.")
    return number


def _money(given: object, variable: Variable) -> Money:
    if not isinstance(given, Mapping) or set(given) != {"amount", "currency"}:
        raise _Unfit("wrong-type", "Give an amount and a currency.")
    amount, currency = given["amount"], given["currency"]
    if not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise _Unfit("not-a-currency", "Give the currency as three capital letters (ISO 4217).")
    if not isinstance(amount, str):
        return Money(_number(amount, variable), currency)
    if not _AMOUNT.fullmatch(amount):
        raise _Unfit("not-an-amount", "Give the amount as digits with a decimal point.")
    return Money(Decimal(amount), currency)


def _date(given: object, _variable: Variable) -> date:
    if isinstance(given, str):
        try:
            if _DAY.fullmatch(given):
                return date.fromisoformat(given)
            if _INSTANT.fullmatch(given):
                return datetime.fromisoformat(given.upper())
        except ValueError:
            pass  # the right signs, but no such day or hour
    detail = "Give an RFC 3339 date, or a date and time with its offset (1900 to 2199)."
    raise _Unfit("not-a-date", detail)


_READERS: Final[Mapping[VariableType, Callable[[object, Variable], Value]]] = {
    VariableType.STRING: _string,
    VariableType.CODE: _code,
    VariableType.NUMBER: _number,
    VariableType.MONEY: _money,
    VariableType.DATE: _date,
}


def read_values(variables: tuple[Variable, ...], given: Mapping[str, object]) -> dict[str, Value]:
    """Read what was given by the schema; null is as good as absent. Raises Problem."""
    missing = [one.name for one in variables if one.required and given.get(one.name) is None]
    if missing:
        detail = "A required variable of the template has no value."
        flaws = [Flaw(f"/variables/{name}", "missing", detail) for name in missing]
        raise Problem("template-variable-missing", errors=flaws, details={"variables": missing})
    flaws = _unknown(variables, given)
    values: dict[str, Value] = {}
    for variable in variables:
        if given.get(variable.name) is None:
            continue
        try:
            values[variable.name] = _READERS[variable.type](given[variable.name], variable)
        except _Unfit as unfit:
            flaws.append(Flaw(f"/variables/{variable.name}", unfit.code, unfit.detail))
    if flaws:
        raise Problem(_slug(flaws), errors=flaws[:_MOST_FLAWS])
    return values


def _unknown(variables: tuple[Variable, ...], given: Mapping[str, object]) -> list[Flaw]:
    # A misspelt optional variable would otherwise be lost without a word.
    strange = given.keys() - {one.name for one in variables}
    if not strange:
        return []
    detail = "The template has no such variable."
    names = sorted(strange)[:_MOST_FLAWS]
    return [
        Flaw(f"/variables/{name}" if _NAME.fullmatch(name) else "/variables", "unknown", detail)
        for name in names
    ]


def _slug(flaws: list[Flaw]) -> str:
    too_long = all(flaw.code == "too-long" for flaw in flaws)
    return "template-limit-exceeded" if too_long else "validation-failed"
