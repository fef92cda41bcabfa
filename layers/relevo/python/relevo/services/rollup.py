"""Add up: hours from minutes and days from hours, again whenever something was added to them."""

import logging
from dataclasses import dataclass
from typing import Final

from relevo.domain.telemetry import Grain, added
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock
from relevo.ports.telemetry import Mark, Telemetry

log = logging.getLogger(__name__)

GRACE: Final = 10 * SECOND
"""For what was marked for a round and is still being added when it begins."""

FINER: Final = {Grain.HOUR: Grain.MINUTE, Grain.DAY: Grain.HOUR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roller:
    telemetry: Telemetry
    clock: Clock

    def roll(self, *, until: Millis) -> int:
        """Work through what was marked until `until`; what fails stays marked. Gives how many."""
        done = 0
        for mark in self.telemetry.marks(self.clock() - GRACE):
            if self.clock() >= until:
                break
            try:
                self._roll(mark)
            except Exception as error:  # noqa: BLE001 - statistics; the others are due as well
                log.error("rollup-failed", extra={"error": type(error).__name__})
            else:
                done += 1
        return done

    def _roll(self, mark: Mark) -> None:
        """Replace, do not add: a repeat after a crash comes to the same."""
        owner, grain, start = mark.owner, mark.grain, mark.at
        end = start + grain.span
        finer = self.telemetry.series(owner, FINER[grain], start, end)
        self.telemetry.put(owner, grain, added(finer, grain))
        if grain is Grain.HOUR:
            self.telemetry.mark(owner, Grain.DAY, start)
        self.telemetry.unmark([mark])
