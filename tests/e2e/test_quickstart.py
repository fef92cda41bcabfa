"""The quick start: its three programs, as the page shows them, against the deployed API."""

import html
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from relevo.api.portal.guides import LANGUAGES, Sample
from tests.e2e.conftest import Running
from tools import places

INTERPRETERS = {
    "bash": "bash",
    "python3": sys.executable,
    "node": str(places.node_bin() / "node"),
}
SWITCHED = """sandbox-a (primary): refused
sandbox-b (backup): delivered
delivered
"""


@pytest.fixture(scope="module")
def shown(running: Running) -> dict[str, str]:
    """The programs as a reader copies them from the page."""
    with urlopen(f"{running.stack.base_url}/docs/quickstart", timeout=30) as answer:  # noqa: S310
        page = answer.read().decode()
    blocks = re.findall(
        r'<pre class="sample"[^>]*aria-label="([^"]+)"><code>(.*?)</code>', page, re.DOTALL
    )
    return {language: html.unescape(code) for language, code in blocks}


def run(
    sample: Sample, running: Running, folder: Path, code: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    (folder / sample.file).write_text(code)
    return subprocess.run(
        [INTERPRETERS[sample.command], sample.file, *arguments],
        cwd=folder,
        env=places.clean_environment(
            RELEVO_URL=running.stack.base_url, RELEVO_KEY=running.sandbox.key
        ),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.mark.parametrize("sample", LANGUAGES, ids=lambda sample: sample.language)
def test_a_program_sends_once_and_prints_the_journey(
    sample: Sample, running: Running, shown: dict[str, str], tmp_path: Path
) -> None:
    code, order = shown[sample.language], f"quick-{sample.command}"
    first = run(sample, running, tmp_path, code, "+34612345001", order)
    again = run(sample, running, tmp_path, code, "+34612345001", order)

    assert (first.returncode, first.stdout) == (0, SWITCHED), first.stderr
    assert (again.returncode, again.stdout) == (0, SWITCHED), again.stderr
    found = running.sandbox.call("GET", "/api/v1/messages?to=%2B34612345001&limit=100").body["data"]
    assert [one["clientReference"] for one in found].count(order) == 1


@pytest.mark.parametrize("sample", LANGUAGES, ids=lambda sample: sample.language)
def test_a_program_that_is_refused_says_why(
    sample: Sample, running: Running, shown: dict[str, str], tmp_path: Path
) -> None:
    order = f"refused-{sample.command}"
    done = run(sample, running, tmp_path, shown[sample.language], "+34612345010", order)

    assert done.returncode != 0
    assert "recipient-opted-out" in done.stderr
    assert "/docs/errors/recipient-opted-out" in done.stderr


def test_the_page_shows_this_api_s_address(running: Running, shown: dict[str, str]) -> None:
    assert f"export RELEVO_URL='{running.stack.base_url}'" in shown["Variables"]
