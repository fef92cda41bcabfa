"""A variant's source: parsed, held to the few things a template may do, compiled and filled in.

Jinja's sandbox stops escapes, not work (`'a' * 10**9` is fine with it), so what is not on the
lists of this file is refused before anything of it is compiled. Importing it imports Jinja.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

import jinja2
from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from relevo.domain.problem import Problem
from relevo.domain.template_filters import LOCALISED, OF_LETTERS, Reader, Show, bare
from relevo.domain.template_values import Value
from relevo.domain.templates import MAX_SOURCE, MAX_VALUE, UNSENDABLE

MAX_DEPTH: Final = 16
"""Levels of the tree: compiling is recursive, and nobody reads a deeper template either."""

_READER: Final = "the reader"
"""A name that no template can write, because names have no blanks."""

_STYLES: Final = ("short", "medium", "long", "full")
_LONGEST_ENDING: Final = 5

_NODES: Final = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.Name,
        nodes.Const,
        nodes.Filter,
        nodes.If,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Test,
        nodes.Compare,
        nodes.Operand,
    }
)


class Refusal(NamedTuple):
    """What a source may not do; `line` counts from 1, `detail` repeats nothing of the source."""

    line: int
    code: str
    detail: str


class Refused(Exception):
    """A source that cannot even be read as a tree."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _with_reader(show: Show) -> Show:
    @jinja2.pass_context
    def shown(context: Context, *given: object) -> str:
        return show(context[_READER], *given)

    return shown


def _or_else(value: object, other: object = "") -> object:
    return other if isinstance(value, Undefined) else value


def _absent(value: object) -> bool:
    return isinstance(value, Undefined)


def _given(value: object) -> bool:
    return not _absent(value)


def _output(value: Any) -> Any:
    return bare(value) if isinstance(value, Decimal) else value


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_output, cache_size=0)
    made.globals.clear()
    localised = {name: _with_reader(show) for name, show in LOCALISED.items()}
    made.filters = {**OF_LETTERS, **localised, "default": _or_else}
    # Null counts as not given, so both words ask the same.
    made.tests = {"defined": _given, "undefined": _absent, "none": _absent}
    return made


_ENVIRONMENT: Final = _environment()
FILTERS: Final = frozenset(_ENVIRONMENT.filters)


def parse(source: str) -> nodes.Template:
    """Read a source as a tree; raises Refused for what is too long, too deep or no template."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_SOURCE:
        detail = f"A variant has at most {MAX_SOURCE} bytes."
        raise Refused(Refusal(1, "source-too-long", detail))
    try:
        tree = _ENVIRONMENT.parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise Refused(Refusal(error.lineno, "syntax", "This is not template syntax.")) from None
    except RecursionError:
        raise Refused(_TOO_DEEP) from None
    if _too_deep(tree):
        raise Refused(_TOO_DEEP)
    return tree


_TOO_DEEP: Final = Refusal(1, "too-deep", f"At most {MAX_DEPTH} levels of nesting are allowed.")


def _too_deep(tree: nodes.Node) -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
    return bool(level)


def refusals(tree: nodes.Node) -> Iterator[Refusal]:
    """Give everything in the tree that is not on the lists."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        said = _refusal(node)
        if said is None:
            waiting.extend(reversed(list(node.iter_child_nodes())))
        else:
            yield said  # what is inside it is refused with it


def filters_of(tree: nodes.Node) -> frozenset[str]:
    return frozenset(one.name for one in tree.find_all(nodes.Filter))


def _refusal(node: nodes.Node) -> Refusal | None:
    if type(node) not in _NODES:
        detail = "Only values, filters, if and comparisons are allowed."
        return Refusal(node.lineno, f"not-allowed-{type(node).__name__.lower()}", detail)
    if UNSENDABLE.search(_written(node)):
        detail = "Control characters and lone surrogates are not allowed."
        return Refusal(node.lineno, "forbidden-character", detail)
    if isinstance(node, nodes.Filter) and not _filter_allowed(node):
        detail = "No such filter, or not with these arguments: they must be written out, in bounds."
        return Refusal(node.lineno, "filter-not-allowed", detail)
    if isinstance(node, nodes.Test) and not _test_allowed(node):
        return Refusal(node.lineno, "test-not-allowed", "Ask only whether a variable is defined.")
    return None


def _written(node: nodes.Node) -> str:
    match node:
        case nodes.TemplateData(data=data):
            return data
        case nodes.Const(value=str(value)):
            return value  # where an escape may have made what the source does not hold
    return ""


def _test_allowed(node: nodes.Test) -> bool:
    given = (node.args, node.kwargs, node.dyn_args, node.dyn_kwargs)
    return node.name in _ENVIRONMENT.tests and isinstance(node.node, nodes.Name) and not any(given)


def _filter_allowed(node: nodes.Filter) -> bool:
    if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return False
    constants = [one.value for one in node.args if isinstance(one, nodes.Const)]
    return len(constants) == len(node.args) and _arguments_allowed(node.name, constants)


def _arguments_allowed(name: str, given: list[Any]) -> bool:
    if any(isinstance(one, bool) for one in given):
        return False  # to Python a kind of number
    match name, given:
        case "date", [str(style)]:
            return style in _STYLES
        case "time", [str(style)]:
            return style in _STYLES[:2]  # the longer ones name a zone
        case "number", [int(digits)]:
            return 0 <= digits <= 6
        case "default", [str() | int()]:
            return True
        case "truncate", [int(length), *ending]:
            return 1 <= length <= MAX_VALUE and _ending_allowed(ending)
    return name in FILTERS and name != "truncate" and not given


def _ending_allowed(given: list[Any]) -> bool:
    match given:
        case []:
            return True
        case [str(ending)]:
            return len(ending) <= _LONGEST_ENDING
    return False


@lru_cache(maxsize=512)
def compiled(source: str) -> jinja2.Template:
    """Compile an allowed source; raises Problem for any other, whoever stored it.

    Kept by the source itself: names of templates repeat between accounts, and a saved source
    never changes.
    """
    try:
        tree = parse(source)
    except Refused:
        raise Problem("template-not-allowed") from None
    if any(True for _ in refusals(tree)):
        raise Problem("template-not-allowed")
    return _ENVIRONMENT.from_string(tree)


def filled(source: str, values: Mapping[str, Value], reader: Reader) -> str:
    """Render a source with values that its schema has read; values are text, never templates."""
    try:
        return compiled(source).render({**values, _READER: reader})
    except jinja2.UndefinedError:
        # A check at saving time keeps this out; the name is in the error, with words around it.
        raise Problem("template-variable-missing") from None
