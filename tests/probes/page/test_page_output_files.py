"""Files that a page or a journey is to be written to: refused before anything is measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from probes.cli import main


@pytest.mark.parametrize("option", ["--har", "--screenshot"])
def test_a_file_in_no_folder_is_refused_before_the_page_is_loaded(
    option: str, tmp_path: Path
) -> None:
    file = str(tmp_path / "none" / "x")
    command = ["page", "http://a.example/", "--simulate", "1", option, file]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written: there is no folder" in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_a_journey_too(tmp_path: Path) -> None:
    script = tmp_path / "a.toml"
    script.write_text('url = "http://a.example/"\n[[steps]]\nname = "open"\ngoto = "/"\n')
    command = ["transaction", str(script), "--simulate", "1", "--har", str(tmp_path / "no" / "x")]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no folder" in result.stderr
