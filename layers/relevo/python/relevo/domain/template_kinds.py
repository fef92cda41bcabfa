"""What a source says, seen by its schema: kinds that fit, variables that exist, and its size.

With these checked when a template is saved, rendering cannot fail on a value the schema lets in.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

from jinja2 import nodes

from relevo.domain.template_source import Refusal
from relevo.domain.templates import Variable, VariableType

_LONGEST_NAME: Final = 40

_Kind: TypeAlias = VariableType
_TEXT, _NUMBER = VariableType.STRING, VariableType.NUMBER
_DATE, _MONEY = VariableType.DATE, VariableType.MONEY
_TAKES: Final[Mapping[str, _Kind]] = {
    "date": _DATE,
    "time": _DATE,
    "number": _NUMBER,
    "money": _MONEY,
}
_NUMERALS: Final = 24
_MOST: Final[Mapping[str, int]] = {"date": 48, "time": 24, "number": 32, "money": 40, "phone": 40}
"""Characters that a filter's output has at most."""

_SPOKEN: Final = 480
_Names: TypeAlias = frozenset[str]
_NOTHING: Final[_Names] = frozenset()


class Read(NamedTuple):
    """What reading a source found; `most` is its size in bytes if all values are ASCII."""

    refusals: tuple[Refusal, ...]
    uses: frozenset[str]
    most: int


class _Expression(NamedTuple):
    kind: _Kind
    most: int


class _Wrong(Exception):
    def __init__(self, node: nodes.Node, code: str, detail: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(node.lineno, code, detail)


def read_source(tree: nodes.Template, variables: Iterable[Variable]) -> Read:
    """Read an allowed tree (see `refusals`) by the schema of its variables."""
    reading = _Reading(variables)
    most = reading.body(tree.body, _NOTHING)
    uses = frozenset(name.name for name in tree.find_all(nodes.Name))
    return Read(tuple(reading.found), uses, most)


class _Reading:
    """One pass over a tree; `given` are optional variables known to have a value here."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self.variables = {one.name: one for one in variables}
        self.found: list[Refusal] = []

    def body(self, statements: Iterable[nodes.Node], given: _Names) -> int:
        return sum(self._statement(one, given) for one in statements)

    def _statement(self, node: nodes.Node, given: _Names) -> int:
        if isinstance(node, nodes.If):
            return self._if(node, given)
        assert isinstance(node, nodes.Output)  # noqa: S101 - nothing else is on the list
        return sum(self._shown(one, given) for one in node.nodes)

    def _if(self, node: nodes.If, given: _Names) -> int:
        branches: list[int] = []
        for one in (node, *node.elif_):
            self._checked_test(one.test, given)
            branches.append(self.body(one.body, given | _if_true(one.test)))
            given |= _if_false(one.test)
        return max(*branches, self.body(node.else_, given))

    def _checked_test(self, test: nodes.Node, given: _Names) -> None:
        try:
            self._test(test, given)
        except _Wrong as wrong:
            self.found.append(wrong.refusal)

    def _shown(self, node: nodes.Expr, given: _Names) -> int:
        if isinstance(node, nodes.TemplateData):
            return _size(node.data)
        try:
            shown = self._expression(node, given)
            if shown.kind in {_DATE, _MONEY}:
                detail = "Say how to show it: with date or time, or with money."
                raise _Wrong(node, "filter-missing", detail)
        except _Wrong as wrong:
            self.found.append(wrong.refusal)
            return 0
        return shown.most

    def _expression(self, node: nodes.Node, given: _Names) -> _Expression:
        match node:
            case nodes.Name():
                return self._variable(node, given)
            case nodes.Const(value=bool()):
                pass
            case nodes.Const(value=str(text)):
                return _Expression(_TEXT, _size(text))
            case nodes.Const(value=int() | float()):
                return _Expression(_NUMBER, _NUMERALS)
            case nodes.Filter(name="default"):
                return self._default(node, given)
            case nodes.Filter():
                return self._filter(node, given)
        raise _Wrong(node, "not-a-value", "A condition or a truth value stands where a text goes.")

    def _variable(self, node: nodes.Name, given: _Names) -> _Expression:
        variable = self.variables.get(node.name)
        if variable is None:
            name = node.name if len(node.name) <= _LONGEST_NAME else "A variable"
            raise _Wrong(node, "unknown-variable", f"{name} is not among the variables.")
        if not variable.required and node.name not in given:
            detail = f"{node.name} is optional: use default, or ask in an if whether it is defined."
            raise _Wrong(node, "unguarded-variable", detail)
        if variable.type in {_TEXT, VariableType.CODE}:
            return _Expression(_TEXT, variable.max_length)
        return _Expression(variable.type, _NUMERALS)

    def _default(self, node: nodes.Filter, given: _Names) -> _Expression:
        inner = node.node
        if isinstance(inner, nodes.Name):
            given |= {inner.name}
        assert inner is not None  # noqa: S101 - only filter blocks have none
        value = self._expression(inner, given)
        other = self._expression(node.args[0], given) if node.args else _Expression(_TEXT, 0)
        if value.kind is not other.kind:
            raise _Wrong(node, "wrong-kind", "The default must be of the variable's kind.")
        return _Expression(value.kind, max(value.most, other.most))

    def _filter(self, node: nodes.Filter, given: _Names) -> _Expression:
        assert node.node is not None  # noqa: S101 - only filter blocks have none
        value = self._expression(node.node, given)
        if value.kind is not _TAKES.get(node.name, _TEXT):
            raise _Wrong(node, "wrong-kind", "The filter does not take a value of this kind.")
        if node.name == "truncate" and isinstance(node.args[0], nodes.Const):
            return _Expression(_TEXT, min(value.most, int(node.args[0].value)))
        most = _SPOKEN if node.name == "spoken" else _MOST.get(node.name, 0)
        keeps = node.name not in _TAKES
        return _Expression(_TEXT, max(most, value.most) if keeps else most)

    def _test(self, node: nodes.Node, given: _Names) -> None:
        match node:
            case nodes.Not(node=inner):
                self._test(inner, given)
            case nodes.And(left=left, right=right):
                self._test(left, given)
                self._test(right, given | _if_true(left))
            case nodes.Or(left=left, right=right):
                self._test(left, given)
                self._test(right, given | _if_false(left))
            case nodes.Test(node=nodes.Name() as name):
                self._variable(name, given | {name.name})
            case nodes.Compare():
                self._compare(node, given)
            case _:
                self._expression(node, given)

    def _compare(self, node: nodes.Compare, given: _Names) -> None:
        values = [node.expr, *(operand.expr for operand in node.ops)]
        kinds = {self._expression(one, given).kind for one in values}
        within = any(operand.op in {"in", "notin"} for operand in node.ops)
        if kinds != {_TEXT} and (within or kinds != {_NUMBER}):
            detail = "Compare texts with texts, or numbers with numbers."
            raise _Wrong(node, "wrong-kind", detail)


def _if_true(test: nodes.Node) -> _Names:
    """Give the variables that surely have a value where the test holds."""
    match test:
        case nodes.Test(name="defined", node=nodes.Name(name=name)):
            return frozenset({name})
        case nodes.Not(node=inner):
            return _if_false(inner)
        case nodes.And(left=left, right=right):
            return _if_true(left) | _if_true(right)
        case nodes.Or(left=left, right=right):
            return _if_true(left) & _if_true(right)
    return _NOTHING


def _if_false(test: nodes.Node) -> _Names:
    """Give the variables that surely have a value where the test does not hold."""
    match test:
        case nodes.Test(name="undefined" | "none", node=nodes.Name(name=name)):
            return frozenset({name})
        case nodes.Not(node=inner):
            return _if_true(inner)
        case nodes.Or(left=left, right=right):
            return _if_false(left) | _if_false(right)
        case nodes.And(left=left, right=right):
            return _if_false(left) & _if_false(right)
    return _NOTHING


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
