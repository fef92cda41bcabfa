"""The documents tell the truth: words, time-outs, commands and links are compared with the code."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from infra import config
from relevo.domain import sandbox, timing
from relevo.domain.advance import UNTOLD, apply
from relevo.domain.attempt import Report
from relevo.domain.delivery import SCHEDULE
from relevo.domain.endpoint import takes
from relevo.domain.event import TYPES
from relevo.domain.facts import Canceled, Ended, Expired, Fact, Lost, Postponed, Released, Silent
from relevo.domain.measures import METRICS
from relevo.domain.message import Head
from relevo.domain.said import LINES
from relevo.domain.steps import Submit, claimed, next_step, wants_submit
from relevo.domain.words import BOUNCES, RANK, OnAmbiguous, State, Status
from tests.builders import NOW, a_head, a_plan

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LIFECYCLE = (ROOT / "docs/message-lifecycle.md").read_text()
WEBHOOKS = (ROOT / "docs/webhooks.md").read_text()
OBSERVABILITY = (ROOT / "docs/observability.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
MODULES = {
    "timing": "relevo.domain.timing",
    "order": "relevo.domain.order",
    "dispatch": "relevo.services.dispatch",
    "advance": "relevo.services.advance",
    "line": "relevo.carriers.line",
    "receive": "relevo.services.receive",
    "settle": "relevo.services.settle",
    "records": "relevo.runtime.records",
    "clients": "relevo.aws.clients",
    "delivery": "relevo.domain.delivery",
    "endpoint": "relevo.domain.endpoint",
    "courier": "relevo.services.courier",
    "post": "relevo.outbound.post",
    "patience": "relevo.aws.patience",
    "pace": "relevo.services.pace",
    "breaker": "relevo.domain.breaker",
    "health": "relevo.domain.health",
}
UNITS = frozenset({"SECOND", "MINUTE", "HOUR", "DAY"})


def table(page: str, heading: str) -> list[list[str]]:
    """Give the cells of the first table below the heading, its first two lines left out."""
    rows = re.search(rf"^#+ {heading}.*?^(\|.*?)(?:\n\n|\Z)", page, re.MULTILINE | re.DOTALL)
    assert rows, heading
    lines = rows[1].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def quoted(cell: str) -> str:
    return cell.strip("`")


def names(cell: str) -> set[str]:
    return set(filter(None, cell.split(", ")))


PLAN = a_plan("a", "b")
OPEN = (State.AMBIGUOUS, State.ACCEPTED, State.SENT)


def facts(head: Head) -> Iterator[tuple[str, Fact]]:
    """What each function may record about this head, as its service would."""
    yield "accept", Canceled()
    if wants_submit(head, at(head)) is True:
        yield "render", Ended(reason="content-gone")
        yield "render", Postponed(until=NOW)
    if not head.final:
        yield "watch", Released() if head.send_at else Expired()
        yield "watch", Expired()
    for attempt in head.attempts:
        yield from facts_of_attempt(head, attempt.n)


def facts_of_attempt(head: Head, n: int) -> Iterator[tuple[str, Fact]]:
    attempt = head.attempts[n - 1]
    if not head.final and attempt.state is State.INTENT:
        yield "watch", Lost(n=n)
    if not head.final:
        yield "watch", Silent(n=n)
    for state in (State.SENT, *sorted(BOUNCES), State.DELIVERED):
        # While an attempt is open, watch may have asked its carrier.
        yield ("dlr watch" if attempt.state in OPEN else "dlr"), Report(n=n, state=state, at=NOW)
    if attempt.reference is None:  # dispatch records one answer an attempt
        answer = Report(n=n, state=State.REFUSED, at=NOW, reference="answered")
        yield "dispatch", replace(answer, state=State.ACCEPTED)
        yield "dispatch", replace(answer, state=State.AMBIGUOUS)
        yield "dispatch", answer
        yield "dispatch", replace(answer, stop=True)
        yield "dispatch", replace(answer, retryable=True)


def at(head: Head) -> int:
    return max(NOW, head.not_before or 0)


def moves(head: Head) -> Iterator[tuple[str, Head]]:
    for by, fact in facts(head):
        yield by, apply(head, fact, now=NOW, by=by)
    step = next_step(head, PLAN, at(head))
    if isinstance(step, Submit) and step.n <= 2:
        yield "dispatch", claimed(head, step, owner="owner", now=NOW, by="dispatch")


def bare(head: Head) -> Head:
    """The head without what tells equal situations apart."""
    attempts = tuple(
        replace(attempt, ended_at=None, accepted_at=None, claimed_at=0) for attempt in head.attempts
    )
    waits = None if head.not_before is None else NOW
    return replace(head, attempts=attempts, told=(), version=1, status_at=0, not_before=waits)


@cache
def reachable() -> Mapping[str, Mapping[str, set[str]]]:
    """Walk everything two attempts can live through; who moved, corrected, told what."""
    found: dict[str, defaultdict[str, set[str]]] = {
        kind: defaultdict(set) for kind in ("moves", "corrects", "tells")
    }
    resend = OnAmbiguous.RESEND
    todo = [bare(a_head(on_ambiguous=resend, send_at=moment)) for moment in (None, NOW)]
    for head in todo:
        found["moves"][head.status].add("accept")
    found["tells"]["accepted"].add("accept")
    found["moves"][Status.RECEIVED].add("dlr")  # a text of somebody's is received and nothing else
    found["tells"]["received"].add("dlr")
    seen = set(todo)
    while todo:
        head = todo.pop()
        for by, new in moves(head):
            if new is head:
                continue
            if new.status is not head.status:
                found["corrects" if head.final else "moves"][new.status].update(by.split())
            for told in new.news:
                found["tells"][told.type].update(by.split())
            if (plain := bare(new)) not in seen:
                seen.add(plain)
                todo.append(plain)
    return found


walks = pytest.mark.timeout(600)  # half a minute of one idle CPU, several of a shared one


@walks
def test_the_lifecycle_says_who_sets_which_status() -> None:
    rows = table(LIFECYCLE, "Who sets which status")

    assert [quoted(row[0]) for row in rows] == [status.value for status in Status]
    for status, moved, corrected, _ in rows:
        assert names(moved) == reachable()["moves"][quoted(status)], status
        assert names(corrected) == reachable()["corrects"][quoted(status)], status


@walks
def test_the_lifecycle_names_every_event_and_who_tells_it() -> None:
    rows = table(LIFECYCLE, "Events")
    told = {quoted(row[0]).removeprefix("message."): names(row[1]) for row in rows}

    assert told == reachable()["tells"]
    assert told.keys() == {status.value for status in {*Status} - UNTOLD} | {
        "accepted",
        "attempt_failed",
        "status_corrected",
    }


def test_the_lifecycle_lists_the_states_in_the_order_they_climb() -> None:
    assert [quoted(row[0]) for row in table(LIFECYCLE, "Attempts climb")] == sorted(
        State, key=RANK.__getitem__
    )


def written(text: str) -> object:
    """Read `12 s`, `5`, or `otp 3 s, marketing none` as milliseconds, a count, or a mapping."""
    if "," in text:
        parts = [part.split(" ", 1) for part in text.split(", ")]
        return {name: written(value) for name, value in parts}
    if text == "none":
        return None
    number, _, unit = text.partition(" ")
    return int(float(number) * SECONDS[unit] * timing.SECOND) if unit else int(number)


def coded(name: str) -> object:
    module, *path = name.split(".")
    value: object = importlib.import_module(MODULES[module])
    for part in path:
        value = getattr(value, part)
    # The clients' time-outs are botocore's floats of seconds.
    return int(value * timing.SECOND) if isinstance(value, float) else value


def test_the_table_of_time_outs_is_that_of_the_code() -> None:
    rows = {quoted(row[0]): row[1] for row in table(ARCHITECTURE, "Time-outs and retries")}
    ours = {f"timing.{name}" for name in vars(timing) if name.isupper() and name not in UNITS}

    assert {name: written(value) for name, value in rows.items()} == {
        name: coded(name) for name in rows
    }
    assert ours <= rows.keys()


def test_the_table_of_metrics_is_that_of_the_code() -> None:
    rows = table(OBSERVABILITY, "Metrics")

    assert {quoted(row[0]): (row[1], row[2]) for row in rows} == {
        name: (metric.unit.value, " ".join(f"[{', '.join(names)}]" for names in metric.sets))
        for name, metric in METRICS.items()
    }
    assert len(rows) == len(METRICS)


def test_every_line_that_counts_is_named_by_the_metrics() -> None:
    rows = table(OBSERVABILITY, "Metrics")
    named = {word for row in rows for word in re.findall(r"`([^`]+)`", row[3])}

    assert named == LINES | {"stream"}


def test_the_table_of_functions_is_that_of_the_stacks() -> None:
    rows = table(ARCHITECTURE, "Functions")

    assert {quoted(name): (memory, limit) for name, memory, limit, *_ in rows} == {
        name: (f"{size.memory} MB", f"{size.timeout} s") for name, size in config.SIZES.items()
    }


def test_the_table_of_concurrency_is_that_of_the_stages() -> None:
    for stage, classes, *numbers in table(ARCHITECTURE, "Concurrency"):
        bounds = config.STAGES[quoted(stage)].concurrency
        expected = [bounds.demanded(), bounds.available(), bounds.account]
        assert classes == f"{bounds.otp} + {bounds.transactional} + {bounds.marketing}"
        assert [int(number) for number in numbers] == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = set(re.findall(r"(?:`|^)make ([a-z0-9-]+)", page.read_text(), re.MULTILINE))

    assert asked <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_package_registry_or_a_machine(page: Path) -> None:
    registries = r"(?:pypi|npmjs|pythonhosted|proxy\.golang|crates)\.(?:org|com|io)"
    paths = r"(?<![\w.])/(?:home|root|tmp|work|Users)/"

    assert not re.search(f"{registries}|{paths}", page.read_text())


def test_the_readme_s_table_of_the_sandbox_is_that_of_the_guide() -> None:
    told = {row.tail: (row.happens, row.ends) for row in sandbox.TABLE}

    assert {tail: (happens, ends) for tail, happens, ends in table(README, "The sandbox")} == told


def named_tests(text: str) -> list[tuple[str, str]]:
    """Give file and function of every test that a page names."""
    return re.findall(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    missing = [
        f"{file}::{test}"
        for file, test in named_tests(page.read_text())
        if not re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]

    assert missing == []


def test_every_fault_from_16_to_35_has_a_test_that_bears_its_number() -> None:
    faults = (ROOT / "docs/faults.md").read_text()
    rows = [row for title in ("At the carrier", "Receipts") for row in table(faults, title)]
    shown = [(row[0], test) for row in rows for _, test in named_tests(row[-1])]

    assert len(shown) == len(rows)
    assert [test for fault, test in shown if not test.startswith(f"test_{fault.lower()}_")] == []
    assert {fault for fault, _ in shown} == {f"F{number}" for number in range(16, 36)}


def test_the_readme_knows_every_stage_that_is_deployed() -> None:
    assert all(f"`{stage}`" in README for stage in config.STAGES if stage != "local")


def test_the_table_of_retries_is_that_of_the_code() -> None:
    rows = table(WEBHOOKS, "Retries")

    assert [(int(n), written(after)) for n, after in rows] == list(enumerate(SCHEDULE, start=1))


def test_the_page_on_webhooks_names_every_type() -> None:
    named = {
        f"message.{name}" if "." not in name else name
        for row in table(WEBHOOKS, "What arrives")
        for name in re.findall(r"`([a-z_.*]+)`", row[0])
    }

    assert {one for one in TYPES if not any(takes(name, one) for name in named)} == set()
    assert {name for name in named if not any(takes(name, one) for one in TYPES)} == set()
