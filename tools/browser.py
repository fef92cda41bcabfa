"""A headless Chromium out of a package, for tests that look at pages: neither root nor download.

The package brings the shell, a font and the libraries that a bare machine lacks, packed; Node
unpacks them once. It is for x86_64; elsewhere a Chromium on the path is used.
"""

import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools import places, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM: Final = "@sparticuz/chromium@153.0.0"
AXE: Final = "axe-core@4.14.1"
HOME: Final = places.LOCAL / "browser"
PACKAGES: Final = HOME / "node_modules"
UNPACKED: Final = HOME / "tmp"
UNPACK: Final = (
    "import chromium from '@sparticuz/chromium';"
    "import fs from 'node:fs';"
    "fs.mkdirSync(process.env.TMPDIR, {recursive: true});"
    "await chromium.executablePath();"
)
FONTS: Final = HOME / "fonts.conf"
FONTS_HERE: Final = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    "<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"
)
"""The package's own says where Lambda unpacks; a page without any font crashes the browser."""

# As on Lambda, where the package unpacks its libraries too.
BARE: Final = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "TMPDIR": str(UNPACKED)}
ARGUMENTS: Final = (
    "--no-zygote",
    # Nothing outside this machine can be reached, even by mistake.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


def packages() -> tuple[str, ...]:
    return (CHROMIUM, AXE) if _packed() else (AXE,)


def unpack() -> None:
    """Unpack what npm installed; the libraries stay beside it."""
    if not _packed():
        return
    (HOME / "unpack.mjs").write_text(UNPACK)
    _run([str(places.node_bin() / "node"), "unpack.mjs"])
    FONTS.write_text(FONTS_HERE.format(fonts=UNPACKED / "fonts", cache=HOME / "fonts-cache"))


def launch(playwright: "Playwright") -> "Browser":
    """Start the browser; it ends with playwright at the latest."""
    environment = places.clean_environment()
    if _packed():
        environment |= {
            "LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(FONTS),
        }
    return playwright.chromium.launch(
        executable_path=_program(), args=list(ARGUMENTS), env=dict(environment)
    )


def axe() -> str:
    """Give the source of axe, which judges how accessible a page is."""
    return (PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8")


def _packed() -> bool:
    return platform.machine() == "x86_64"


def _program() -> Path:
    found = UNPACKED / "chromium" if _packed() else Path(shutil.which("chromium") or "")
    if not found.is_file():
        say.fail("there is no Chromium; run `make setup` (not on x86_64: apt install chromium).")
    return found


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        command,
        cwd=HOME,
        env=places.clean_environment(**BARE),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        say.fail(f"Chromium could not be unpacked:\n{done.stderr}")
