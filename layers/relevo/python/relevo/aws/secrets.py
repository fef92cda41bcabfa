"""Secrets by name, read when first wanted and again every five minutes."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relevo.aws.cache import Cache
from relevo.domain.timing import MINUTE, Millis
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    client: "SecretsManagerClient"
    clock: Clock
    fresh: Millis = 5 * MINUTE
    _texts: Cache[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", Cache(self.clock, self.fresh))

    def text(self, name: str) -> str:
        text = self._texts.get(name, lambda: self.read(name))
        if not text:
            raise LookupError(f"secret {name} is empty")
        return text

    def key(self, name: str) -> bytes:
        """Give a secret that is used as key material."""
        return self.text(name).encode()

    def fields(self, name: str) -> dict[str, Any]:
        """Give a secret that is a JSON object."""
        return dict(json.loads(self.text(name)))

    def read(self, name: str) -> str:
        """Give a secret as it is stored now."""
        return self.client.get_secret_value(SecretId=name)["SecretString"]
