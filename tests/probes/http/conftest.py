"""One nginx for all tests of the HTTP probe that one process runs."""

from collections.abc import Iterator

import pytest
from http_peers import Site, nginx_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve every kind of HTTP that nginx speaks."""
    with nginx_site(tmp_path_factory.mktemp("nginx")) as running:
        yield running
