"""Relevo's real stacks on the emulator: bootstrap, `cdk deploy`, warm functions."""

import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.request import urlopen

import boto3
from botocore.config import Config

from tools import emulator, places, say

if TYPE_CHECKING:
    from boto3.session import Session

DEPLOYED: Final = ("Relevo-local-Data", "Relevo-local-Service")
CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The deployed stacks: where they answer, and the names of what they consist of."""

    emulator: emulator.Emulator
    outputs: dict[str, str]

    @property
    def base_url(self) -> str:
        api = self.outputs["ApiId"]
        return f"{self.emulator.endpoint}/_aws/execute-api/{api}/$default"

    @property
    def port(self) -> int:
        return self.emulator.port

    @property
    def pid(self) -> int:
        return self.emulator.pid

    @property
    def region(self) -> str:
        return emulator.REGION

    def client(self, service: str) -> Any:
        """An administrator's client of the emulator."""
        make: Any = session().client  # typed per literal name, and the name comes in here
        return make(
            service,
            endpoint_url=self.emulator.endpoint,
            # The workflow service would otherwise be asked at sync-localhost.
            config=Config(inject_host_prefix=False, retries={"total_max_attempts": 2}),
        )

    def stop(self) -> None:
        self.emulator.stop()


def session() -> "Session":
    return boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=emulator.REGION,
    )


def bring_up(*, port: int | None = None, home: Path = places.RUN) -> Stack:
    """Start an emulator below `home` unless one runs there, and deploy; ready to be called."""
    found = find(home)
    running = found or start(port or emulator.free_port(), home)
    try:
        stack = Stack(emulator=running, outputs=deploy(running))
        with say.step("first call of every function"):
            warm(stack)
    except BaseException:
        if found is None:
            running.stop()
        raise
    return stack


def start(port: int, home: Path) -> emulator.Emulator:
    """A new emulator; one that is recorded here but answers no more is ended first."""
    dead = recorded(home)
    if dead is not None:
        dead.stop()
    (home / "outputs.json").unlink(missing_ok=True)
    with say.step(f"emulator on port {port}"):
        return emulator.start(port=port, home=home)


def recorded(home: Path) -> emulator.Emulator | None:
    """The emulator that was started below `home`, dead or alive."""
    try:
        pid, port = (int(word) for word in (home / "emulator.pid").read_text().split())
    except (OSError, ValueError):
        return None
    return emulator.Emulator(port=port, pid=pid, home=home)


def find(home: Path) -> emulator.Emulator | None:
    """The emulator that lives below `home`, if it still does."""
    found = recorded(home)
    return found if found is not None and found.alive() else None


def load(home: Path = places.RUN) -> Stack | None:
    """The stack that runs below `home`, without deploying anything."""
    running, outputs = find(home), home / "outputs.json"
    if running is None or not outputs.exists():
        return None
    return Stack(emulator=running, outputs=flat(json.loads(outputs.read_text())))


def deploy(running: emulator.Emulator) -> dict[str, str]:
    if not bootstrapped(running):
        with say.step("cdk bootstrap"):
            cdk(running, "bootstrap", f"aws://000000000000/{emulator.REGION}")
    told = running.home / "outputs.json"
    with say.step(f"cdk deploy {' '.join(DEPLOYED)}"):
        how = ["--require-approval", "never", "--concurrency", "2", "--outputs-file", str(told)]
        cdk(running, "deploy", *DEPLOYED, *how)
    return flat(json.loads(told.read_text()))


def flat(outputs: dict[str, dict[str, str]]) -> dict[str, str]:
    """Our outputs of all stacks; those that CDK makes to connect stacks are left out."""
    everything = {name: value for stack in outputs.values() for name, value in stack.items()}
    return {
        name: value for name, value in everything.items() if not name.startswith("ExportsOutput")
    }


def bootstrapped(running: emulator.Emulator) -> bool:
    client = session().client("cloudformation", endpoint_url=running.endpoint)
    pages = client.get_paginator("list_stacks").paginate()
    names = [one["StackName"] for page in pages for one in page["StackSummaries"]]
    return "CDKToolkit" in names


def cdk(running: emulator.Emulator, *words: str) -> None:
    """Run the CDK CLI against the emulator and nothing else; show progress, keep the whole log."""
    environment = places.clean_environment(
        **CREDENTIALS,
        AWS_ENDPOINT_URL=running.endpoint,
        AWS_REGION=emulator.REGION,
        AWS_DEFAULT_REGION=emulator.REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        CDK_DISABLE_CLI_TELEMETRY="true",
        CDK_DISABLE_VERSION_CHECK="true",
        JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION="true",
    )
    node = places.node_bin() / "node"
    if not node.exists() or not places.CDK.exists():
        say.fail("the CDK is not installed; run `make setup` first.")
    output = ["--output", str(running.home / "cdk.out"), "--context", "stage=local", "--no-color"]
    program = f"{sys.executable} {places.ROOT / 'app.py'}"
    command = [str(node), str(places.CDK), *words, "--app", program, *output, "--ci"]
    follow(command, environment, running.home / "cdk.log")


def follow(command: Sequence[str], environment: dict[str, str], log: Path) -> None:
    """Show what a person waits for; keep the whole log, and print its end on failure."""
    last: deque[str] = deque(maxlen=30)
    with (
        log.open("a") as kept,
        subprocess.Popen(
            command,
            cwd=places.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        for text in process.stdout or ():
            kept.write(text)
            last.append(text)
            if text.startswith((" ✅", "✨")):
                say.line(f"    {text.strip().lstrip('✅✨ ')}")
    if process.returncode != 0:
        sys.stderr.writelines(last)
        say.fail(f"`cdk {command[2]}` failed; the whole log is {log}.")


def warm(stack: Stack) -> None:
    """Call each function once, four at a time, with something that changes nothing."""
    calls = {
        "Render": {"Records": []},
        "Events": {"Records": []},
        "Notify": {"Records": []},
        "Dlr": {"Records": []},
        "Watch": {"Records": []},
        "Route": {"heads": []},
        "Dispatch": {"items": [], "round": 0, "waitedMs": 0},
    }
    client = stack.client("lambda")

    def call(name: str) -> None:
        client.invoke(
            FunctionName=stack.outputs[f"{name}Function"],
            Qualifier="live",
            Payload=json.dumps(calls[name]).encode(),
        )

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = [pool.submit(call, name) for name in calls]
        answers.append(pool.submit(touch_api, stack))
        for answer in answers:
            answer.result()


def touch_api(stack: Stack) -> None:
    """Any answer will do: accept is awake then."""
    address = f"{stack.base_url}/openapi.json"
    with suppress(OSError), urlopen(address, timeout=30):  # noqa: S310 - always http://localhost
        pass


def remove(home: Path) -> None:
    """Everything a stopped stack left behind."""
    shutil.rmtree(home, ignore_errors=True)
