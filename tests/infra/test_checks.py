import json
import subprocess
from pathlib import Path

import pytest

from infra import checks
from tests.infra.conftest import Synthesised
from tools import places

DOUBLED = "W3005"  # CDK states a dependency that a reference implies: harmless, and not ours
LINTER = places.VENV / "bin" / "cfn-lint"


def test_every_acknowledged_finding_is_really_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the ledger cdk-nag finds what is in it, and nothing else."""
    from tests.infra.conftest import synthesise  # noqa: PLC0415

    expected = {(one.stack, one.path, one.finding) for one in checks.LEDGER}
    monkeypatch.setattr(checks, "LEDGER", ())

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesise("prod", tmp_path)

    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert set(findings(report)) == expected


def findings(report: dict[str, object]) -> list[tuple[str, str, str]]:
    found = []
    for plugin in report["pluginReports"]:  # type: ignore[attr-defined]
        for violation in plugin["violations"]:
            for where in violation["violatingConstructs"]:
                stack, path = where["constructPath"].removesuffix("/Resource").split("/", 1)
                rule = violation["ruleName"].removeprefix("AwsSolutions-")
                found.append((stack.rsplit("-", 1)[1], path, rule))
    return found


def test_every_acknowledgement_gives_a_reason() -> None:
    assert all(len(one.reason) > 40 for one in checks.LEDGER)


def test_cfn_lint_finds_nothing(every_stage: dict[str, Synthesised]) -> None:
    files = [str(path) for stage in ("dev", "prod") for path in every_stage[stage].files()]
    command = [str(LINTER), "--ignore-checks", DOUBLED, "--", *files]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=places.ROOT)

    assert done.returncode == 0, done.stdout
