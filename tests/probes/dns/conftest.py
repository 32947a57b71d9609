"""The signed tree, and what the probe and unbound made of it: once a session."""

from typing import Any

import pytest
from dns_judges import Judged, judge_all
from dns_lab import programs
from dns_tree import Tree, build_tree


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    programs()
    return build_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="session")
def judgements() -> list[Judged]:
    """Hold what the first test that asks has found out."""
    return []


@pytest.fixture
def judged(namespace: Any, tree: Tree, judgements: list[Judged]) -> Judged:
    if not judgements:
        nsd, unbound, *_ = programs()
        judgements.append(namespace().run(lambda: judge_all(tree, nsd, unbound)))
    return judgements[0]
