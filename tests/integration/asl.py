"""A small interpreter of the states that our own workflow file uses; any other state is an error.

Every payload makes a round trip through JSON, as between real states, and must fit 256 KiB.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

PAYLOAD: Final = 256 * 1024
Json = Any
Task = Callable[[Json], Json]


class TaskFailed(Exception):
    """A task's function raised; `name` is what the workflow would see as `Error`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """`tasks` by resource as the file names it; `wait` gets seconds."""

    definition: Mapping[str, Any]
    tasks: Mapping[str, Task]
    wait: Callable[[float], None]

    def run(self, given: Json) -> Json:
        return self._machine(self.definition, given)

    def _machine(self, machine: Mapping[str, Any], data: Json) -> Json:
        name = machine["StartAt"]
        while True:
            state = machine["States"][name]
            data, caught = self._state(state, _travelled(data))
            if caught is None and (state.get("End") or state["Type"] == "Succeed"):
                return _travelled(data)
            name = caught or (_chosen(state, data) if state["Type"] == "Choice" else state["Next"])

    def _state(self, state: Mapping[str, Any], data: Json) -> tuple[Json, str | None]:
        """Give the output, and where a Catch leads to."""
        match state["Type"]:
            case "Task":
                return self._task(state, data)
            case "Map":
                items = _at(data, state["ItemsPath"])
                return [self._machine(state["ItemProcessor"], item) for item in items], None
            case "Wait":
                self.wait(_at(data, state["SecondsPath"]))
                return data, None
            case "Pass":
                return state.get("Result", data), None
            case "Choice" | "Succeed":
                return data, None
        raise NotImplementedError(state["Type"])

    def _task(self, state: Mapping[str, Any], data: Json) -> tuple[Json, str | None]:
        try:
            return self.tasks[state["Resource"]](data), None
        except TaskFailed as failure:
            for catch in state.get("Catch", ()):
                if {failure.name, "States.ALL"} & set(catch["ErrorEquals"]):
                    if catch["ResultPath"] is not None:
                        raise NotImplementedError("ResultPath") from None
                    return data, catch["Next"]
            raise


def _travelled(data: Json) -> Json:
    text = json.dumps(data)
    if len(text.encode()) > PAYLOAD:
        raise TaskFailed("States.DataLimitExceeded")
    return json.loads(text)


def _chosen(state: Mapping[str, Any], data: Json) -> str:
    for choice in state["Choices"]:
        if _holds(choice, data):
            return str(choice["Next"])
    return str(state["Default"])


def _holds(rule: Mapping[str, Any], data: Json) -> bool:
    if "And" in rule:
        return all(_holds(part, data) for part in rule["And"])
    known = set(rule) - {"Variable", "Next"}
    if known == {"IsPresent"}:
        return _present(data, rule["Variable"]) is rule["IsPresent"]
    if known == {"NumericLessThan"}:
        return bool(_at(data, rule["Variable"]) < rule["NumericLessThan"])
    raise NotImplementedError(str(known))


def _present(data: Json, path: str) -> bool:
    try:
        _at(data, path)
    except (KeyError, IndexError):
        return False
    return True


def _at(data: Json, path: str) -> Json:
    """Follow a path of names and indices: `$.items[0]`."""
    for step in path.removeprefix("$").replace("[", ".").replace("]", "").split("."):
        if step:
            data = data[int(step)] if isinstance(data, list) else data[step]
    return data
