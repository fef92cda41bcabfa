"""Take a batch of queued messages, compose what is to be sent, and start its delivery."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from relevo.domain.compose import reworded
from relevo.domain.facts import Ended, Fact, Postponed
from relevo.domain.look import due_at
from relevo.domain.message import Content, Head
from relevo.domain.steps import Wait, wants_submit
from relevo.domain.timing import LEASE, Millis
from relevo.domain.words import TrafficClass
from relevo.ports.basics import Clock
from relevo.ports.messages import Contents, Dues, Letter, Letters, Messages, Workflow
from relevo.services.advance import advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """`opening` says from when on a market lets promotion go: at once, later, or None for never.

    `wording` says what a market wants at the end of promotion at an instant.
    """

    letters: Letters
    messages: Messages
    contents: Contents
    dues: Dues
    workflow: Workflow
    opening: Callable[[Head, Content, Millis], Millis | None]
    wording: Callable[[Head, Content, Millis], str | None]
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
            elif wanted and (hindrance := self._hindrance(letter, now)):
                self._put_off(letter.head, hindrance)
            elif wanted:
                self._reword(letter, now)
                ready.append(letter.head)
        if ready:
            self.dues.put({head.id: now + LEASE for head in ready}, leased=True)
            self.workflow.run(ready)
        return ready

    def _hindrance(self, letter: Letter, now: Millis) -> Fact | None:
        """Give what keeps the message from going now: its content is gone, or it is night there."""
        if letter.content is None:
            return Ended(reason="content-gone")
        if letter.head.traffic_class is not TrafficClass.MARKETING:
            return None
        opens = self.opening(letter.head, letter.content, now)
        if opens is None:
            return Ended(reason="no-common-window")
        return Postponed(until=opens) if opens > now else None

    def _reword(self, letter: Letter, now: Millis) -> None:
        """Put today's wording under promotion that was accepted under another; rules have dates."""
        content = letter.content
        if content is None or content.wording is None:
            return
        wording = self.wording(letter.head, content, now)
        if wording is not None and wording != content.wording:
            text = reworded(content.text, content.wording, wording)
            self.contents.reword(content.id, text, wording)

    def _put_off(self, head: Head, fact: Fact) -> None:
        stored = advance(self.messages, head.id, fact, clock=self.clock, by="render", head=head)
        if stored is not None and not stored.final:
            self.dues.put({stored.id: due_at(stored, self.clock())})
