import shutil
import subprocess
from pathlib import Path

import pytest

from tools import places

LINTER = places.VENV / "bin" / "lint-imports"
COPIED = ("functions", "infra", "layers/relevo", "tools")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(places.ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(places.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'layers/relevo/python'}:{folder}"
    return subprocess.run(
        [str(LINTER), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": path},
    )


def test_a_planted_boto3_in_the_domain_is_refused(copy: Path) -> None:
    planted = copy / "layers" / "relevo" / "python" / "relevo" / "domain" / "planted.py"
    planted.write_text('"""Planted."""\n\nimport boto3\n\nused = boto3\n')

    done = lint(copy)

    assert done.returncode != 0
    assert "relevo.domain.planted -> boto3" in done.stdout


def test_infrastructure_that_imports_the_code_is_refused(copy: Path) -> None:
    (copy / "infra" / "planted.py").write_text('"""Planted."""\n\nimport relevo.domain\n')

    assert lint(copy).returncode != 0
