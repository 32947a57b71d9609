"""The signed tree, and what the probe and unbound made of it: once a session."""

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from dns_forger import Forger, forger
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


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "dns.example").configure_cert(made)
    return made


@pytest.fixture
def liar() -> Forger:
    """Make zones that can be made to lie."""
    return forger("a.test.")
