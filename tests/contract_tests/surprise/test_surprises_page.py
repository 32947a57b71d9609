"""docs/surprises.md says what is."""

import re
from pathlib import Path

import contract_tests
from contract_tests.surprise import oracle
from contract_tests.surprise.kinds import KINDS
from contract_tests.surprise.surprise import parsed

PAGE = (Path(contract_tests.__file__).parents[1] / "docs" / "surprises.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+) \| (survive|cope) \| (\w+) \|$", re.MULTILINE)


def test_the_table_is_the_catalogue():
    rows = [(k.name, k.sentence, str(k.expects), str(k.grade)) for k in KINDS]
    assert ROW.findall(PAGE) == rows


def test_every_rule_is_explained():
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", PAGE, re.MULTILINE)) == {*oracle.SENTENCES}


def test_the_example_runs():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names = {}
    exec(code, names)
    names["test_every_page_is_understood"]()


def test_the_ids_mean_something():
    for text in re.findall(r"--replay '([^']+)'", PAGE):
        assert parsed(text)[0].id == text
