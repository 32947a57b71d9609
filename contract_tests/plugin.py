"""The pytest plugin: stand-ins of vendors for tests of clients, and the judgement on them.

Every pytest run of an environment imports this file: it imports nothing but pytest, and loads the
rest once a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from contract_tests.fixtures.clock import Clock
    from contract_tests.fixtures.contract import Contract
    from contract_tests.fixtures.faults import Faults
    from contract_tests.fixtures.marker import Marked
    from contract_tests.fixtures.stay import Stay
    from contract_tests.fixtures.surprising import SurprisingApi
    from contract_tests.fixtures.tally import Tally
    from contract_tests.inprocess.house import House
    from contract_tests.inprocess.mock_api import MockApi

GRADES = ("breach", "drift", "assumption")
_MARKER = (
    "contract(vendor=None, allow=(), fail_on=None): all that the test sends to stand-ins must "
    "conform to the contract; vendor is a name or several, allow are names of rules."
)
_WORKERS = "contract_tests"
_STAY = pytest.StashKey["Stay"]()
_TALLY = pytest.StashKey["Tally"]()
_HOUSE = pytest.StashKey["House"]()
_END = pytest.StashKey[ExitStack]()
_UNWRITTEN = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options, each with a twin for the ini file."""
    group = parser.getgroup("contract-tests", "contract-tests: stand-ins for tests of clients")
    group.addoption("--contract-seed", type=int, help="Where worlds come from (0).")
    parser.addini("contract_seed", "Where worlds come from.", default="0")
    group.addoption(
        "--contract-vendor",
        action="append",
        metavar="NAME",
        help="Serve this vendor only; may be repeated (all).",
    )
    parser.addini("contract_vendor", "Vendors to serve; all by default.", type="args", default=[])
    group.addoption(
        "--contract-fail-on",
        choices=GRADES,
        help="The mildest finding that fails a test (drift).",
    )
    parser.addini("contract_fail_on", "The mildest finding that fails a test.", default="drift")
    group.addoption(
        "--contract-report",
        action="append",
        metavar="KIND=FILE",
        help="Write one report for the whole run; may be repeated.",
    )
    parser.addini("contract_report", "KIND=FILE: reports.", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and refuse options that mean nothing."""
    config.addinivalue_line("markers", _MARKER)
    for text in _option(config, "report"):
        _check_report(text)
    if _option(config, "fail_on") not in GRADES:
        raise pytest.UsageError(f"contract_fail_on is one of {', '.join(GRADES)}")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a marked test use `contract` without naming it; UsageError for bad words."""
    if item.get_closest_marker("contract") is None:
        return
    if not hasattr(item.config, "workerinput"):  # there it would end the worker, not the run
        _read_marker(item)
    names = getattr(item, "fixturenames", None)
    if names is not None and "contract" not in names:
        names.append("contract")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail the test itself, not its teardown, for what its client has asked."""
    try:
        result = yield
    except (Exception, pytest.fail.Exception, pytest.skip.Exception):
        _show(item, "call")
        raise
    _conforms(item)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after all that ends with the test
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Judge what was sent while fixtures ended, whatever their order; pytest calls it an error."""
    try:
        result = yield
        _conforms(item)
    except (Exception, pytest.fail.Exception, pytest.skip.Exception):
        _show(item, "teardown")
        raise
    finally:
        _leave(item)
    return result


@pytest.hookimpl(trylast=True)  # fixtures of a session that use it end before
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the stand-in; tell the controller of pytest-xdist what was seen, or write reports."""
    for item in session.items:  # one that was interrupted is still there
        _leave(item)
    end = session.config.stash.get(_END, None)
    if end is not None:
        end.close()
    tally = session.config.stash.get(_TALLY, None)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        if tally is not None:
            output[_WORKERS] = tally.packed()
        return
    for text in _option(session.config, "report"):
        _write(session, text)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist has seen."""
    packed = getattr(node, "workeroutput", {}).get(_WORKERS)
    if packed is not None:
        from contract_tests.fixtures.tally import unpacked  # noqa: PLC0415

        _tally(node.config).take(unpacked(packed))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in one line what was seen, where anything was."""
    tally = config.stash.get(_TALLY, None)
    if tally is not None and tally.sums:
        terminalreporter.write_line(f"contract: {tally.line()}")
    for line in config.stash.get(_UNWRITTEN, ()):
        terminalreporter.write_line(line, red=True)


@pytest.fixture
def mock_api(request: pytest.FixtureRequest) -> MockApi:
    """Stand-ins of the vendors, with an account for this test alone."""
    house, vendors = _house(request.config), _marked(request.node).vendors
    if not set(vendors) <= set(house.vendors):
        _refuse(f"@pytest.mark.contract: {vendors}: this run serves {', '.join(house.vendors)}")
    return _stay(request.node).enter(house, vendors or house.vendors, _tally(request.config))


@pytest.fixture
def contract(request: pytest.FixtureRequest, mock_api: MockApi) -> Contract:
    """Judge all that this test sends; the test fails at its end if it does not conform."""
    from contract_tests.fixtures.contract import Contract  # noqa: PLC0415

    told = _marked(request.node)
    fail_on = told.fail_on or _option(request.config, "fail_on")
    judged = Contract(mock_api.tenant, fail_on, told.vendors)
    try:
        judged.allow(*told.allow)
    except ValueError as error:
        _refuse(f"@pytest.mark.contract: {error}")
    _stay(request.node).judged = judged
    return judged


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """Move the stand-ins' time ahead, set it or freeze it; it runs by itself otherwise."""
    from contract_tests.fixtures.clock import Clock  # noqa: PLC0415

    moved = Clock(_house(request.config))
    _stay(request.node).at_its_end(moved.reset)
    return moved


@pytest.fixture
def faults(mock_api: MockApi) -> Faults:
    """Let answers to this test's account go wrong: errors, delays, cut connections."""
    from contract_tests.fixtures.faults import Faults  # noqa: PLC0415

    return Faults(mock_api.tenant)


@pytest.fixture(scope="session")
def surprising_api(pytestconfig: pytest.Config) -> SurprisingApi:
    """Stand-ins that answer what nobody expects: for `@given(answers_of(...))`."""
    from contract_tests.fixtures.surprising import SurprisingApi  # noqa: PLC0415

    return SurprisingApi(_house(pytestconfig))


def _option(config: pytest.Config, name: str) -> Any:
    given = config.getoption(f"--contract-{name.replace('_', '-')}")
    return config.getini(f"contract_{name}") if given is None else given


def _house(config: pytest.Config) -> House:
    """Return the stand-in of this process: it is started when it is first asked for."""
    if _HOUSE not in config.stash:
        import specs  # noqa: PLC0415
        from contract_tests.inprocess.house import House  # noqa: PLC0415

        vendors = tuple(_option(config, "vendor")) or specs.vendors()
        try:
            for vendor in vendors:
                specs.path_of(vendor)
        except specs.UnknownVendor as error:
            _refuse(f"--contract-vendor: {error}")
        end = config.stash[_END] = ExitStack()
        house = House(vendors, int(_option(config, "seed")))
        config.stash[_HOUSE] = end.enter_context(house.open())
    return config.stash[_HOUSE]


def _tally(config: pytest.Config) -> Tally:
    if _TALLY not in config.stash:
        from contract_tests.fixtures.tally import Tally  # noqa: PLC0415

        config.stash[_TALLY] = Tally()
    return config.stash[_TALLY]


def _read_marker(item: pytest.Item) -> Marked:
    from contract_tests.fixtures.marker import marked  # noqa: PLC0415

    return marked(item)


def _marked(item: pytest.Item) -> Marked:
    try:
        return _read_marker(item)
    except pytest.UsageError as error:
        _refuse(str(error))


def _refuse(text: str) -> NoReturn:
    """Fail in a few words: no line of ours explains it better."""
    raise pytest.fail.Exception(text, pytrace=False) from None


def _stay(item: pytest.Item) -> Stay:
    if _STAY not in item.stash:
        from contract_tests.fixtures.stay import Stay  # noqa: PLC0415

        item.stash[_STAY] = Stay(item)
    return item.stash[_STAY]


def _leave(item: pytest.Item) -> None:
    stay = item.stash.get(_STAY, None)
    if stay is not None:
        del item.stash[_STAY]
        stay.close()


def _conforms(item: pytest.Item) -> None:
    if _STAY in item.stash:
        item.stash[_STAY].conforms()


def _show(item: pytest.Item, when: str) -> None:
    if _STAY in item.stash:
        item.stash[_STAY].show(when)


def _check_report(text: str) -> None:
    from contract_tests.fixtures.tally import kinds  # noqa: PLC0415

    kind, _, path = text.partition("=")
    if kind not in kinds() or not path:
        raise pytest.UsageError(
            f"--contract-report {text}: KIND=FILE, where KIND is one of {', '.join(kinds())}"
        )


def _write(session: pytest.Session, text: str) -> None:
    from contract_tests.fixtures.tally import write  # noqa: PLC0415

    kind, _, file = text.partition("=")
    path = session.config.invocation_params.dir / Path(file)
    try:
        write(_tally(session.config).report(), kind, path)
    except OSError as error:
        line = f"contract: the report {text} could not be written: {error}"
        session.config.stash.setdefault(_UNWRITTEN, []).append(line)
        session.exitstatus = session.exitstatus or pytest.ExitCode.USAGE_ERROR
