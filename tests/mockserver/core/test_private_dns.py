"""A name system of one's own, as a server is told of it."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.core.private_dns import PrivateDns, read_private_dns
from mockserver.settings import Settings, SettingsError

DS = f". IN DS 1 13 2 {'00' * 32}"


def test_without_settings_the_public_names_count() -> None:
    assert read_private_dns((), None) == PrivateDns((), ())


def test_roots_are_kept_as_they_are_written() -> None:
    roots = ("127.53.0.1", "ns.lab=127.53.0.2#5300", "::1#53")
    assert read_private_dns(roots, None).roots == roots


def test_anchors_are_the_lines_of_the_file_without_comments(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(f"; made up\n\n{DS} ; the first\n  {DS}\n")
    assert read_private_dns((), file).anchors == (DS, DS)


@pytest.mark.parametrize("root", ["ns.lab", "127.53.0.1#0", "127.53.0.1#x", "=", "", "1.2.3"])
def test_a_root_must_be_an_address(root: str) -> None:
    with pytest.raises(SettingsError, match=r"dns_root.*ADDRESS"):
        create_app(Settings(dns_root=(root,)))


@pytest.mark.parametrize("text", ["", "; nothing\n", "no record\n", ". IN DS 1 13 2 XYZ\n"])
def test_a_file_without_anchors_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "anchors"
    file.write_text(text)
    with pytest.raises(SettingsError, match="trust_anchor"):
        create_app(Settings(trust_anchor=file))


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "anchors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match="trust_anchor"):
        create_app(Settings(trust_anchor=file))


def test_every_world_knows_it(stand_in: Any, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text(DS)

    async def story(house: Any) -> PrivateDns:
        worlds = house.app.house.worlds
        async with house.app.store.transaction() as transaction:
            backend = await worlds.open(transaction, "thousandeyes", "default", "http://x")
        found: PrivateDns = backend.private_dns
        return found

    told = stand_in(story, dns_root=("127.53.0.1",), trust_anchor=file)
    assert told == PrivateDns(("127.53.0.1",), (DS,))
