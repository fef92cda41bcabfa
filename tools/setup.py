"""Create every environment the repository needs; instant when nothing changed.

Runs under the plain system Python, so it imports nothing but the standard library.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import browser, layers, places, say

UV_VERSION = "0.13.9"
CDK_VERSION = "2.1148.1"
DEV_REQUIREMENTS = (
    places.ROOT / "requirements-dev.txt",
    places.ROOT / "tools" / "constraints.txt",
    places.ROOT / "layers" / "dependencies" / "requirements.txt",
)
EMULATOR_REQUIREMENTS = places.ROOT / "tools" / "emulator-requirements.txt"


RECEIVER_REQUIREMENTS = tuple(
    places.ROOT / "docs" / "examples" / "webhooks" / name
    for name in ("package.json", "package-lock.json")
)


def main() -> None:
    check_machine()
    places.LOCAL.mkdir(exist_ok=True)
    once("uv", [UV_VERSION], install_uv)
    # Two cores: Python packages keep one busy while npm mostly waits for the network.
    with ThreadPoolExecutor(max_workers=2) as pool:
        emulator = pool.submit(once, "emulator", [EMULATOR_REQUIREMENTS], install_emulator)
        once("dev", DEV_REQUIREMENTS, install_dev)
        emulator.result()
        cdk = pool.submit(once, "cdk", [CDK_VERSION], install_cdk)
        for target in layers.TARGETS:
            layers.dependencies(target)
        cdk.result()
        once("browser", (*browser.packages(), browser.FONTS_HERE), install_browser)
        once("receivers", RECEIVER_REQUIREMENTS, install_receivers)


def check_machine() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        say.fail(
            "this Python has no venv module; install it (on Debian: apt install python3-venv)."
        )
    if shutil.which("git") is None:
        say.fail("git is missing; install it and run make again.")


def install_uv() -> None:
    run([sys.executable, "-m", "venv", "--clear", str(places.LOCAL / "uv")])
    pip = str(places.LOCAL / "uv" / "bin" / "pip")
    run([pip, "install", "--quiet", "--disable-pip-version-check", f"uv=={UV_VERSION}"])


def install_dev() -> None:
    make_venv(places.VENV)
    sync(places.VENV, DEV_REQUIREMENTS[0])


def install_emulator() -> None:
    make_venv(places.EMULATOR_VENV)
    sync(places.EMULATOR_VENV, EMULATOR_REQUIREMENTS)


def install_cdk() -> None:
    npm_install(places.LOCAL / "cdk", f"aws-cdk@{CDK_VERSION}")


def install_browser() -> None:
    npm_install(browser.HOME, *browser.packages())
    browser.unpack()


def install_receivers() -> None:
    """What a customer's server in Node is made of, as its lock file says."""
    empty(places.RECEIVERS)
    for path in RECEIVER_REQUIREMENTS:
        shutil.copy(path, places.RECEIVERS)
    npm("ci", places.RECEIVERS)


def npm_install(folder: Path, *packages: str) -> None:
    """Install packages, and nothing else, into a folder of their own."""
    empty(folder)
    (folder / "package.json").write_text('{"private": true}\n')
    npm("install", folder, *packages)


def empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def npm(what: str, folder: Path, *packages: str) -> None:
    program = places.node_bin().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    quiet += ["--ignore-scripts"]
    command = [str(places.node_bin() / "node"), str(program), what, *quiet]
    run([*command, "--prefix", str(folder), *packages])


def make_venv(folder: Path) -> None:
    run([str(places.UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])


def sync(venv: Path, requirements: Path) -> None:
    python = str(venv / "bin" / "python")
    run([str(places.UV), "pip", "install", "--quiet", "--python", python, "-r", str(requirements)])


def once(name: str, inputs: Sequence[Path | str], install: Callable[[], None]) -> None:
    """Install unless the stamp says that these inputs are installed for this interpreter."""
    stamp = places.LOCAL / f"{name}.stamp"
    wanted = fingerprint(inputs)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    with say.step(f"setup: {name}"):
        install()
    stamp.write_text(wanted)


def fingerprint(inputs: Sequence[Path | str]) -> str:
    digest = hashlib.sha256(f"{sys.version} {sys.executable}".encode())
    for one in inputs:
        digest.update(one.read_bytes() if isinstance(one, Path) else one.encode())
    return digest.hexdigest()


def run(command: Sequence[str]) -> None:
    """Run quietly; when it fails, show what it said and end."""
    node_first = os.pathsep.join([str(places.node_bin()), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": node_first}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        say.fail(f"`{Path(command[0]).name} {' '.join(command[1:4])} …` failed; see above.")


if __name__ == "__main__":
    main()
