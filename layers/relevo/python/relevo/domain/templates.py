"""Templates: texts with places for values, in several languages, never changed once saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from relevo.domain.timing import Millis
from relevo.domain.words import TrafficClass

MAX_SOURCE: Final = 2_048
"""Bytes of one variant; with it the time to parse and to render is bounded as well."""

MAX_VARIANTS: Final = 40
MAX_VARIABLES: Final = 20
MAX_VALUE: Final = 500
MAX_OUTPUT: Final = 1_600
MAX_CARRIERS: Final = 20
RETRIEVER_BYTES: Final = 140
"""What Android's SMS Retriever reads; a longer message never reaches the app."""

UNSENDABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""Control characters and lone surrogates, which no request may hold either."""


class VariableType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    MONEY = "money"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`max_length` is in characters and holds for strings and codes."""

    name: str
    type: VariableType = VariableType.STRING
    required: bool = True
    max_length: int = MAX_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpFormat:
    """How a program on the handset finds the code: by domain or by app, never both.

    Each format wants to be the end of the message, so a message can carry one of them.
    """

    webotp_domain: str | None = None
    retriever_hash: str | None = None


Parameters: TypeAlias = tuple[str, ...] | Mapping[str, str]
"""In a carrier's order, or by the carrier's own names: variables, or what they are filled with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierTemplate:
    """What this template is called where a carrier sends only what it has approved."""

    template_id: str
    params: Parameters = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a template-only carrier is told in a text's place: template, parameters, signature."""

    template_id: str
    params: Parameters
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`variants` are sources by language; `signature` is what China wants in front of them.

    Without one the account's own goes there.
    """

    id: str
    version: int
    category: TrafficClass
    default_language: str
    variants: Mapping[str, str]
    variables: tuple[Variable, ...] = ()
    signature: str | None = None
    otp: OtpFormat | None = None
    carriers: Mapping[str, CarrierTemplate] = field(default_factory=dict)
    saved_at: Millis = 0
    retired: bool = False

    @property
    def code(self) -> str | None:
        """Name the variable that is the code, if there is exactly one that must be given."""
        codes = [one.name for one in self.variables if one.type is VariableType.CODE]
        required = {one.name for one in self.variables if one.required}
        return codes[0] if len(codes) == 1 and codes[0] in required else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A text before any carrier's finish, and the language of the variant it was made from.

    `registered` is what carriers that send only approved templates are told instead.
    """

    text: str
    language: str | None
    registered: Mapping[str, Registered] = field(default_factory=dict)
