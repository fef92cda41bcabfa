"""Build the dependencies layer without Docker: wheels only, per target, pruned, cached by content.

Used by `make setup`, and by infra/constructs/layers.py when a layer is missing at synth.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import places, say

REQUIREMENTS = places.ROOT / "layers" / "dependencies" / "requirements.txt"
PRUNED: Final = (
    "bin",
    "**/__pycache__",
    "**/*.pyi",
    "**/tests",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/licenses/AUTHORS*",
    # Look-up tables of phonenumbers that Relevo never asks: 20 of its 23 MB.
    "phonenumbers/geodata",
    "phonenumbers/carrierdata",
    # Babel's catalogues of translations, beside the formats that templates use.
    "babel/messages",
)
LANGUAGES: Final = frozenset({"ca", "de", "en", "es", "eu", "fr", "gl", "it", "pt", "zh"})
"""Whose formats stay in the layer, each in all its countries: 3 of Babel's 30 MB."""

RECIPE: Final = "3"  # raise it when pruning changes, so that caches are built again


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A platform and a Python to build for."""

    name: str
    python: str
    platform: str | None = None

    def options(self) -> list[str]:
        if self.platform is None:
            return ["--python", sys.executable]
        return ["--python-version", self.python, "--python-platform", self.platform]


HOST = Target(name="host", python=places.on_host())
AWS = Target(name="aws", python="3.13", platform="aarch64-manylinux2014")
TARGETS: Final = (HOST, AWS)


def dependencies(target: Target) -> Path:
    """The folder to zip (it holds `python/`), built now unless it is in the cache."""
    folder = places.LAYERS / f"{target.name}-{key(target)}"
    if folder.exists():
        return folder
    with say.step(f"layer of dependencies for {target.name} (Python {target.python})"):
        building = folder.with_suffix(".building")
        shutil.rmtree(building, ignore_errors=True)
        install(target, building / "python")
        prune(building / "python")
        if target.platform is None:
            precompile(building / "python")
        building.rename(folder)
    return folder


def key(target: Target) -> str:
    seed = f"{target} {RECIPE} {sys.platform}".encode() + REQUIREMENTS.read_bytes()
    return hashlib.sha256(seed).hexdigest()[:16]


def install(target: Target, folder: Path) -> None:
    uv = str(places.UV) if places.UV.exists() else shutil.which("uv")
    if uv is None:
        say.fail("uv is missing; run `make setup` first.")
    command = [uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps"]
    where = ["--target", str(folder), "--link-mode", "copy", "-r", str(REQUIREMENTS)]
    done = subprocess.run(
        [*command, *target.options(), *where], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        say.fail(f"the dependencies layer for {target.name} could not be built; see above.")


def prune(folder: Path) -> None:
    for pattern in PRUNED:
        for path in sorted(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for path in sorted(folder.glob("babel/locale-data/*.dat")):
        if path.stem.split("_")[0] not in LANGUAGES | {"root"}:
            path.unlink()


def precompile(folder: Path) -> None:
    """Ship bytecode: the emulator unzips a layer for every worker; compiling costs each 0.2 s."""
    python = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*python, str(folder)], check=True)


def versions() -> dict[str, str]:
    """The pins of the layer, by package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", REQUIREMENTS.read_text(), re.MULTILINE))
