"""The environment of a function, read in this one place."""

import os
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """A function was deployed without a setting it needs."""


def required(name: str) -> str:
    """Read a variable; raises MissingSetting with its name, at start rather than in mid send."""
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """Variables as attributes: `settings.messages_table` is `MESSAGES_TABLE`."""

    def __getattr__(self, name: str) -> str:
        return required(name.upper())

    @property
    def due_shards(self) -> int:
        return int(required("DUE_SHARDS"))

    @property
    def local(self) -> bool:
        """Whether this runs in the local stage, the only one with simulated live carriers."""
        return required("STAGE") == "local"
