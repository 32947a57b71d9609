"""`import`: names from the modules that there are."""

from __future__ import annotations

from tree_sitter import Node

from mockserver.vendors.thousandeyes.measuring.script.literals import text_of
from mockserver.vendors.thousandeyes.measuring.script.reading import Reading
from mockserver.vendors.thousandeyes.measuring.script.scope import Scope
from mockserver.vendors.thousandeyes.measuring.script.syntax import (
    kind,
    part,
    parts,
    refused,
    words,
)


def bring_in(reading: Reading, scope: Scope, node: Node) -> None:
    """Make the names known that an import statement lists."""
    source = text_of(part(node, "source"))
    exports = reading.modules.get(source)
    if exports is None:
        known = ", ".join(reading.modules)
        raise refused(node, f"the module {source[:40]!r} (there are {known})")
    for default in _defaults(node):
        if default.type != "identifier" or "default" not in exports:
            raise refused(default, f"importing {source} as a whole, {kind(default)},")
        scope.names[words(default)] = exports["default"]
    for item in _listed(node):
        name = words(part(item, "name"))
        if name not in exports:
            known = ", ".join(exports)
            raise refused(item, f"{name[:40]!r} of {source} (there are {known})")
        alias = item.child_by_field_name("alias")
        scope.names[words(alias) if alias else name] = exports[name]


def _defaults(node: Node) -> list[Node]:
    return [name for name in _clauses(node) if name.type != "named_imports"]


def _listed(node: Node) -> list[Node]:
    listed = [names for names in _clauses(node) if names.type == "named_imports"]
    return [item for names in listed for item in parts(names)]


def _clauses(node: Node) -> list[Node]:
    clauses = [clause for clause in parts(node) if clause.type == "import_clause"]
    return [names for clause in clauses for names in parts(clause)]
