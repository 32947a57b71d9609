"""Statements of a script, carried out in order; loops and branches as far as they are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.demands import demand, thrown_by
from mockserver.vendors.thousandeyes.measuring.script.expressions import evaluate, function_of
from mockserver.vendors.thousandeyes.measuring.script.imports import bring_in
from mockserver.vendors.thousandeyes.measuring.script.operators import truth
from mockserver.vendors.thousandeyes.measuring.script.reading import Reading
from mockserver.vendors.thousandeyes.measuring.script.scope import Scope
from mockserver.vendors.thousandeyes.measuring.script.syntax import (
    kind,
    part,
    parts,
    refused,
    words,
)
from mockserver.vendors.thousandeyes.measuring.script.values import (
    UNDEFINED,
    Claims,
    Function,
    Value,
)


class Returned(Exception):
    """A `return` was reached."""

    def __init__(self, value: Value) -> None:
        """Carry the value."""
        super().__init__()
        self.value = value


class LoopLeft(Exception):
    """A `break` or `continue` was reached."""


def carry_out(reading: Reading, scope: Scope, statements: Sequence[Node]) -> None:
    """Carry statements out; functions are known from the beginning of their block on."""
    for node in statements:
        if node.type == "function_declaration":
            scope.names[words(part(node, "name"))] = function_of(scope, node)
    for node in statements:
        _statement(reading, scope, node)


def body(reading: Reading, function: Function, arguments: Sequence[Value]) -> Value:
    """Carry out the body of a function of the script, and return what it returns."""
    scope, node = Scope(function.scope), function.node
    _bind(reading, scope, node, arguments)
    inside = part(node, "body")
    if inside.type != "statement_block":
        return evaluate(reading, scope, inside)
    try:
        carry_out(reading, scope, parts(inside))
    except Returned as returned:
        return returned.value
    return UNDEFINED


def _bind(reading: Reading, scope: Scope, node: Node, arguments: Sequence[Value]) -> None:
    single = node.child_by_field_name("parameter")
    names = [single] if single else parts(part(node, "parameters"))
    for index, name in enumerate(names):
        value = arguments[index] if index < len(arguments) else UNDEFINED
        if name.type == "assignment_pattern":
            if value is UNDEFINED:
                value = evaluate(reading, scope, part(name, "right"))
            name = part(name, "left")  # noqa: PLW2901
        if name.type != "identifier":
            raise refused(name, f"the parameter {kind(name)}")
        scope.names[words(name)] = value


def _statement(reading: Reading, scope: Scope, node: Node) -> None:
    reading.count(node)
    act = _STATEMENTS.get(node.type)
    if act is None:
        raise refused(node, kind(node))
    act(reading, scope, node)


def _nothing(reading: Reading, scope: Scope, node: Node) -> None:
    del reading, scope, node


def _expression(reading: Reading, scope: Scope, node: Node) -> None:
    for piece in parts(node):
        evaluate(reading, scope, piece)


def _declaration(reading: Reading, scope: Scope, node: Node) -> None:
    for piece in parts(node):
        name = part(piece, "name")
        if name.type != "identifier":
            raise refused(name, kind(name))
        value = piece.child_by_field_name("value")
        scope.names[words(name)] = evaluate(reading, scope, value) if value else UNDEFINED


def _block(reading: Reading, scope: Scope, node: Node) -> None:
    carry_out(reading, Scope(scope), parts(node))


def _if(reading: Reading, scope: Scope, node: Node) -> None:
    condition = truth(evaluate(reading, scope, part(node, "condition")))
    yes, other = part(node, "consequence"), node.child_by_field_name("alternative")
    no = parts(other)[0] if other is not None else None
    if isinstance(condition, bool):
        chosen = yes if condition else no
    elif condition is None:
        raise refused(node, "a branch that depends on the clock")
    else:
        chosen = _undecided(reading, scope, node, condition, (yes, no))
    if chosen is not None:
        _statement(reading, scope, chosen)


def _undecided(
    reading: Reading,
    scope: Scope,
    node: Node,
    condition: Claims,
    branches: tuple[Node, Node | None],
) -> Node | None:
    """Demand what keeps the script from throwing; return the branch that it goes on with."""
    yes, no = branches
    if (thrown := thrown_by(yes)) is not None:
        message = evaluate(reading, scope, thrown)
        demand(reading.recorder, node, condition.negated(), message)
        return no
    if no is not None and (thrown := thrown_by(no)) is not None:
        message = evaluate(reading, scope, thrown)
        demand(reading.recorder, node, condition, message)
        return yes
    raise refused(node, "a branch that depends on the page and does not only throw an error")


def _while(reading: Reading, scope: Scope, node: Node) -> None:
    condition = truth(evaluate(reading, scope, part(node, "condition")))
    if condition is False:
        return
    inside = part(node, "body")
    tries = [piece for piece in parts(inside) if piece.type == "try_statement"]
    if condition is not None or not tries:
        raise refused(node, "a loop that does not try something until its time is up")
    # Every step waits by itself as long as the script allows, so one turn is enough.
    reading.trying += 1
    try:
        _block(reading, scope, inside)
    except LoopLeft:
        pass
    finally:
        reading.trying -= 1


def _for_each(reading: Reading, scope: Scope, node: Node) -> None:
    values = evaluate(reading, scope, part(node, "right"))
    name = part(node, "left")
    is_plain = words(part(node, "operator")) == "of" and name.type == "identifier"
    if not is_plain or not isinstance(values, list):
        raise refused(node, kind(node))
    # A break in here would not mean the loop around it that tries again.
    trying, reading.trying = reading.trying, 0
    for value in values:
        inner = Scope(scope, {words(name): value})
        _statement(reading, inner, part(node, "body"))
    reading.trying = trying


def _try(reading: Reading, scope: Scope, node: Node) -> None:
    handler = node.child_by_field_name("handler")
    if handler is not None and not reading.trying and thrown_by(part(handler, "body")) is None:
        raise refused(handler, "a catch that goes on after a failure")
    try:
        _block(reading, scope, part(node, "body"))
    except (Returned, LoopLeft):
        _at_last(reading, scope, node)
        raise
    _at_last(reading, scope, node)


def _at_last(reading: Reading, scope: Scope, node: Node) -> None:
    last = node.child_by_field_name("finalizer")
    if last is not None:
        _block(reading, scope, part(last, "body"))


def _throw(reading: Reading, scope: Scope, node: Node) -> None:
    del reading, scope
    raise refused(node, "an error that is thrown whatever the page says")


def _return(reading: Reading, scope: Scope, node: Node) -> None:
    inner = parts(node)
    raise Returned(evaluate(reading, scope, inner[0]) if inner else UNDEFINED)


def _leave(reading: Reading, scope: Scope, node: Node) -> None:
    del scope
    if not reading.trying or parts(node):
        raise refused(node, kind(node))
    raise LoopLeft


_STATEMENTS: Mapping[str, Callable[[Reading, Scope, Node], None]] = MappingProxyType(
    {
        "import_statement": bring_in,
        "function_declaration": _nothing,
        "empty_statement": _nothing,
        "expression_statement": _expression,
        "lexical_declaration": _declaration,
        "variable_declaration": _declaration,
        "statement_block": _block,
        "if_statement": _if,
        "while_statement": _while,
        "for_in_statement": _for_each,
        "try_statement": _try,
        "throw_statement": _throw,
        "return_statement": _return,
        "break_statement": _leave,
        "continue_statement": _leave,
    }
)
