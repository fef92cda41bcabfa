"""Recorded shapes of every carrier come out as they should, and the checker notices when not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relevo.carriers import registry
from relevo.carriers.check import judged, main

SAMPLES = sorted((Path(__file__).parent / "samples").rglob("*.json"))
WEBHOOKS_SIGNED = [
    path
    for path in SAMPLES
    if path.stem.startswith(("dlr", "inbound", "messages_dlr"))
    and {"secret", "auth_token", "public_key_b64"}
    & json.loads(path.read_text()).get("signature", {}).keys()
]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_a_sample_is_read_or_built_as_it_says(path: Path) -> None:
    verdict = judged(path)

    assert verdict.word == "ok", verdict.why


def test_every_carrier_has_samples() -> None:
    folders = {path.parent.name.replace("_", "-") for path in SAMPLES}

    assert {name.partition("-")[0] for name in registry.ADAPTERS} == {
        folder.partition("-")[0] for folder in folders
    }


@pytest.mark.parametrize("path", WEBHOOKS_SIGNED, ids=name)
def test_a_signed_sample_with_one_byte_changed_is_refused(path: Path, tmp_path: Path) -> None:
    sample = json.loads(path.read_text())
    http = sample["http"]
    body = http["raw_body"] if "raw_body" in http else json.dumps(http["body"])
    http["raw_body"] = body.replace("34", "35", 1)
    http.pop("body", None)

    verdict = judged(written(tmp_path, sample))

    assert verdict.why.startswith("not verified"), verdict


def written(folder: Path, sample: dict[str, Any], file: str = "dlr_x.json") -> Path:
    path = folder / file
    path.write_text(json.dumps(sample))
    return path


def sample(carrier: str, stem: str) -> dict[str, Any]:
    folder = Path(__file__).parent / "samples" / carrier
    read: dict[str, Any] = json.loads((folder / f"{stem}.json").read_text())
    return read


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    *steps, last = path.split(".")

    def changed(sample: dict[str, Any]) -> None:
        place: Any = sample
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        place[last] = value

    return changed


WRONG = (
    ("infobip", "response_ok", change("expect.provider_message_id", "x"), "provider_message_id is"),
    ("infobip", "response_ok", change("expect.segments", 2), "segments is 1"),
    ("infobip", "dlr_delivered", change("expect.status", "sent"), "status is delivered"),
    ("infobip", "dlr_delivered", change("expect.final", False), "final is True"),
    ("infobip", "inbound", change("expect.opt_out", False), "opt_out is True"),
    ("infobip", "request", change("http.method", "PUT"), "method is POST"),
    ("infobip", "request", change("http.headers.Authorization", "Bearer x"), "authorization"),
    ("twilio", "request", change("http.body.Smart", "true"), "Smart is missing"),
    ("twilio", "response_error_auth", change("expect.class", "config"), "class is auth"),
    ("tencent", "dlr_delivered", change("reply.body.result", 1), "answered another result"),
    ("jasmin", "dlr_level1_ok", change("reply.body", "ACK"), "answered in other words"),
    ("telnyx", "dlr_sent", change("signature.freeze_clock_at", 1_790_849_200), "stale"),
    ("alibaba", "response_ok", change("http.body", {}), "class"),
    ("tencent", "dlr_delivered", change("http.body", []), "nothing was read"),
)


@pytest.mark.parametrize(("carrier", "stem", "make", "why"), WRONG)
def test_the_checker_says_what_is_different(
    carrier: str,
    stem: str,
    make: Callable[[dict[str, Any]], None],
    why: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    changed = sample(carrier, stem)
    make(changed)
    if why == "class":
        changed["expect"] = {"class": "auth"}

    assert main([str(written(tmp_path, changed, f"{stem}.json"))]) == 1
    said = capsys.readouterr().out
    assert said.startswith("FAIL ")
    assert why in said
    assert said.endswith("0 passed, 1 failed\n")


def test_a_sample_that_expects_nothing_is_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = sample("infobip", "response_ok")
    del shown["expect"]
    (tmp_path / "broken.json").write_text("{")

    assert main([str(written(tmp_path, shown)), str(tmp_path / "broken.json")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("skipped ")
    assert lines[0].endswith(": no expect")
    assert lines[1].startswith("FAIL ")
    assert lines[2] == "0 passed, 1 failed"
