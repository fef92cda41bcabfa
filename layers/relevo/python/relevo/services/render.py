"""Take a batch of queued messages, compose what is to be sent, and start its delivery."""

from collections.abc import Iterable
from dataclasses import dataclass

from relevo.domain.facts import Ended
from relevo.domain.message import Head
from relevo.domain.steps import Wait, wants_submit
from relevo.domain.timing import LEASE
from relevo.ports import Clock, Dues, Letters, Messages, Workflow
from relevo.services.advance import advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    letters: Letters
    messages: Messages
    dues: Dues
    workflow: Workflow
    clock: Clock

    def render(self, ids: Iterable[str]) -> list[Head]:
        """Submit what may go now and give those heads; the others wait as their heads say.

        The due item comes before the start: from here on a crash is found within LEASE.
        """
        letters = self.letters.read(dict.fromkeys(ids), opt_outs=False)
        now = self.clock()
        ready: list[Head] = []
        for letter in letters.values():
            wanted = wants_submit(letter.head, now)
            if isinstance(wanted, Wait):
                self.dues.put({letter.head.id: wanted.until})
            elif wanted and letter.content is None:
                self._end(letter.head)
            elif wanted:
                ready.append(letter.head)
        if ready:
            self.dues.put({head.id: now + LEASE for head in ready}, leased=True)
            self.workflow.run(ready)
        return ready

    def _end(self, head: Head) -> None:
        gone = Ended(reason="content-gone")
        advance(self.messages, head.id, gone, clock=self.clock, by="render", head=head)
