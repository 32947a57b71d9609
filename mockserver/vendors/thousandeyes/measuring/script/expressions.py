"""Expressions of a script → values; what the browser is to do becomes steps on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script import operators
from mockserver.vendors.thousandeyes.measuring.script.literals import number_of, text_of
from mockserver.vendors.thousandeyes.measuring.script.members import member
from mockserver.vendors.thousandeyes.measuring.script.operators import Inoperable, truth
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
    UNDETERMINED,
    Blurred,
    Claims,
    Function,
    PageText,
    Value,
)


def evaluate(reading: Reading, scope: Scope, node: Node) -> Value:
    """Return the value of an expression; ScriptRefused if it is not understood."""
    reading.count(node)
    act = _EXPRESSIONS.get(node.type)
    if act is None:
        raise refused(node, kind(node))
    return act(reading, scope, node)


def function_of(scope: Scope, node: Node) -> Function:
    """Return the function that a declaration, an expression or an arrow makes."""
    name = node.child_by_field_name("name")
    return Function(words(name) if name else "a function", node, scope)


def _inner(reading: Reading, scope: Scope, node: Node) -> Value:
    inner = parts(node)
    if len(inner) != 1 or inner[0].type == "sequence_expression":
        raise refused(node, kind(node))
    return evaluate(reading, scope, inner[0])


def _name(reading: Reading, scope: Scope, node: Node) -> Value:
    del reading
    holder = scope.holder(words(node))
    if holder is None:
        raise refused(node, f"the name {words(node)[:40]!r}")
    return holder.names[words(node)]


def _template(reading: Reading, scope: Scope, node: Node) -> Value:
    whole: Value = ""
    for piece in node.named_children:
        if piece.type == "template_substitution":
            value = _inner(reading, scope, piece)
            value = value if isinstance(value, PageText | Blurred) else operators.as_text(value)
        else:
            value = text_of(piece)
        whole = _sum(node, whole, value)
    return whole


def _sum(node: Node, left: Value, right: Value) -> Value:
    try:
        return operators.binary("+", left, right)
    except Inoperable:
        raise refused(node, kind(node)) from None


def _array(reading: Reading, scope: Scope, node: Node) -> Value:
    return [evaluate(reading, scope, piece) for piece in parts(node)]


def _object(reading: Reading, scope: Scope, node: Node) -> Value:
    made: dict[str, Value] = {}
    for piece in parts(node):
        if piece.type == "shorthand_property_identifier":
            made[words(piece)] = _name(reading, scope, piece)
        elif piece.type == "pair":
            made[_key(part(piece, "key"))] = evaluate(reading, scope, part(piece, "value"))
        else:
            raise refused(piece, kind(piece))
    return made


def _key(node: Node) -> str:
    if node.type == "string":
        return text_of(node)
    if node.type in ("property_identifier", "number"):
        return words(node)
    raise refused(node, kind(node))


def _member(reading: Reading, scope: Scope, node: Node) -> Value:
    if node.child_by_field_name("optional_chain") is not None:
        raise refused(node, f"optional chaining {kind(node)}")
    owner = evaluate(reading, scope, part(node, "object"))
    name = part(node, "property")
    return member(owner, words(name), name)


def _subscript(reading: Reading, scope: Scope, node: Node) -> Value:
    owner = evaluate(reading, scope, part(node, "object"))
    index = evaluate(reading, scope, part(node, "index"))
    if isinstance(owner, dict) and isinstance(index, str) and index in owner:
        return owner[index]
    if isinstance(owner, list) and isinstance(index, float) and index in range(len(owner)):
        return owner[int(index)]
    raise refused(node, kind(node))


def _call(reading: Reading, scope: Scope, node: Node) -> Value:
    callee = evaluate(reading, scope, part(node, "function"))
    given = part(node, "arguments")
    if given.type != "arguments":
        raise refused(given, "a tagged template")
    return reading.call(callee, [evaluate(reading, scope, one) for one in parts(given)], node)


def _new(reading: Reading, scope: Scope, node: Node) -> Value:
    maker = part(node, "constructor")
    if not words(maker).endswith("Error"):
        raise refused(node, kind(node))
    given = node.child_by_field_name("arguments")
    values = [evaluate(reading, scope, one) for one in parts(given)] if given else []
    return reading.call(evaluate(reading, scope, maker), values, node)


def _unary(reading: Reading, scope: Scope, node: Node) -> Value:
    value = evaluate(reading, scope, part(node, "argument"))
    sign = words(part(node, "operator"))
    if sign == "!":
        return operators.negation(value)
    if sign == "-" and isinstance(value, float):
        return -value
    raise refused(node, kind(node))


def _binary(reading: Reading, scope: Scope, node: Node) -> Value:
    sign = words(part(node, "operator"))
    left = evaluate(reading, scope, part(node, "left"))
    try:
        if sign in ("&&", "||"):
            return _logical(reading, scope, node, left)
        right = evaluate(reading, scope, part(node, "right"))
        return operators.binary(sign, left, right)
    except Inoperable:
        raise refused(node, kind(node)) from None


def _logical(reading: Reading, scope: Scope, node: Node, left: Value) -> Value:
    is_or = words(part(node, "operator")) == "||"
    true = truth(left)
    if isinstance(true, bool):
        return left if true is is_or else evaluate(reading, scope, part(node, "right"))
    right = truth(evaluate(reading, scope, part(node, "right")))
    if isinstance(true, Claims) and isinstance(right, Claims):
        return operators.both(true, right, either=is_or)
    if isinstance(true, Claims):
        raise Inoperable
    return UNDETERMINED


def _conditional(reading: Reading, scope: Scope, node: Node) -> Value:
    true = truth(evaluate(reading, scope, part(node, "condition")))
    if not isinstance(true, bool):
        raise refused(node, f"a choice that depends on the page, {kind(node)},")
    return evaluate(reading, scope, part(node, "consequence" if true else "alternative"))


def _assignment(reading: Reading, scope: Scope, node: Node) -> Value:
    value = evaluate(reading, scope, part(node, "right"))
    return _put(scope, part(node, "left"), value)


def _augmented(reading: Reading, scope: Scope, node: Node) -> Value:
    sign = words(part(node, "operator")).removesuffix("=")
    old = evaluate(reading, scope, part(node, "left"))
    try:
        value = operators.binary(sign, old, evaluate(reading, scope, part(node, "right")))
    except Inoperable:
        raise refused(node, kind(node)) from None
    return _put(scope, part(node, "left"), value)


def _update(reading: Reading, scope: Scope, node: Node) -> Value:
    old = evaluate(reading, scope, part(node, "argument"))
    if not isinstance(old, float):
        raise refused(node, kind(node))
    step = 1.0 if words(part(node, "operator")) == "++" else -1.0
    new = _put(scope, part(node, "argument"), old + step)
    return old if node.children[0].type == "identifier" else new


def _put(scope: Scope, target: Node, value: Value) -> Value:
    holder = scope.holder(words(target)) if target.type == "identifier" else None
    if holder is None:
        raise refused(target, f"assigning to {kind(target)}")
    holder.names[words(target)] = value
    return value


_EXPRESSIONS: Mapping[str, Callable[[Reading, Scope, Node], Value]] = MappingProxyType(
    {
        "identifier": _name,
        "undefined": _name,
        "string": lambda _, __, node: text_of(node),
        "number": lambda _, __, node: number_of(node),
        "true": lambda _, __, ___: True,
        "false": lambda _, __, ___: False,
        "null": lambda _, __, ___: None,
        "template_string": _template,
        "array": _array,
        "object": _object,
        "parenthesized_expression": _inner,
        "await_expression": _inner,
        "member_expression": _member,
        "subscript_expression": _subscript,
        "call_expression": _call,
        "new_expression": _new,
        "unary_expression": _unary,
        "binary_expression": _binary,
        "ternary_expression": _conditional,
        "assignment_expression": _assignment,
        "augmented_assignment_expression": _augmented,
        "update_expression": _update,
        "arrow_function": lambda _, scope, node: function_of(scope, node),
        "function_expression": lambda _, scope, node: function_of(scope, node),
    }
)
