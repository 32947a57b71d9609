"""The verb `respond` refuses in one sentence what it cannot do."""

import pytest
from click.testing import CliRunner

from probes.cli import main


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--port", "99999"], "The port is 99999: expected 0 to 65535."),
        (["--port", "-1"], "The port is -1: expected 0 to 65535."),
        (["--rate", "-1"], "The rate is -1000000 bit/s: expected 1 to"),
        (["--rate", "0"], "The rate is 0 bit/s: expected 1 to"),
        (["--rate", "nan"], "The rate is nan Mbit/s"),
        (["--rate", "inf"], "The rate is inf Mbit/s"),
        (["--rate", "1e300"], "bit/s: expected 1 to"),
    ],
)
def test_what_cannot_be_is_refused(argv: list[str], sentence: str) -> None:
    done = CliRunner().invoke(main, ["respond", *argv])
    assert done.exit_code == 2
    assert sentence in done.output
    assert done.output.count("\n") == 1
