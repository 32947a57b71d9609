"""The pytest plugin: stand-ins of vendors for tests of clients, and the judgement on them.

Every pytest run of an environment imports this file: it imports nothing but pytest, and loads the
rest once a test asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from contract_tests.fixtures.clock import Clock
    from contract_tests.fixtures.contract import Contract
    from contract_tests.fixtures.faults import Faults
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
_JUDGED = pytest.StashKey["Contract"]()
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
    """Let a marked test use `contract` without naming it."""
    names = getattr(item, "fixturenames", None)
    if names is not None and "contract" not in names and item.get_closest_marker("contract"):
        names.append("contract")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail the test itself, not its teardown, for what its client has asked."""
    try:
        result = yield
    except (Exception, pytest.fail.Exception, pytest.skip.Exception):
        _add_section(item)
        raise
    if item.stash.get(_JUDGED, None) is not None:
        _conforms(item.stash[_JUDGED])
    return result


@pytest.hookimpl(trylast=True)  # fixtures of a session that use it end before
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the stand-in; tell the controller of pytest-xdist what was seen, or write reports."""
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
def mock_api(request: pytest.FixtureRequest) -> Iterator[MockApi]:
    """Stand-ins of the vendors, with an account for this test alone."""
    from contract_tests.inprocess.mock_api import MockApi  # noqa: PLC0415
    from contract_tests.inprocess.tenant import Tenant  # noqa: PLC0415

    house = _house(request.config)
    tenant = Tenant(house, _account(request.node.nodeid))
    api = MockApi(tenant, _marked(request.node)[0] or house.vendors)
    try:
        yield api
    finally:
        _count(request, api)
        tenant.leave()


@pytest.fixture
def contract(request: pytest.FixtureRequest, mock_api: MockApi) -> Iterator[Contract]:
    """Judge all that this test sends; the test fails at its end if it does not conform."""
    from contract_tests.fixtures.contract import Contract  # noqa: PLC0415

    vendors, allow, fail_on = _marked(request.node)
    judged = Contract(mock_api.tenant, fail_on or _option(request.config, "fail_on"), vendors)
    judged.allow(*allow)
    request.node.stash[_JUDGED] = judged
    yield judged
    # What is sent while other fixtures end is judged here: pytest calls that an error.
    if not judged.is_told:
        _conforms(judged)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[Clock]:
    """Move the stand-ins' time ahead, set it or freeze it; it runs by itself otherwise."""
    from contract_tests.fixtures.clock import Clock  # noqa: PLC0415

    moved = Clock(_house(request.config))
    yield moved
    moved.reset()


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
            raise pytest.UsageError(f"--contract-vendor: {error}") from None
        end = config.stash[_END] = ExitStack()
        house = House(vendors, int(_option(config, "seed")))
        config.stash[_HOUSE] = end.enter_context(house.open())
    return config.stash[_HOUSE]


def _tally(config: pytest.Config) -> Tally:
    if _TALLY not in config.stash:
        from contract_tests.fixtures.tally import Tally  # noqa: PLC0415

        config.stash[_TALLY] = Tally()
    return config.stash[_TALLY]


def _account(nodeid: str) -> str:
    """Return the account of a test: the same one in every run, so that its world is the same."""
    return f"test-{hashlib.sha256(nodeid.encode()).hexdigest()[:16]}"


def _marked(item: pytest.Item) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return vendors, allowed rules and the grade of the nearest marker."""
    marker = item.get_closest_marker("contract")
    if marker is None:
        return (), (), ""
    unknown = set(marker.kwargs) - {"vendor", "allow", "fail_on"}
    if marker.args or unknown:
        raise pytest.UsageError(f"@pytest.mark.contract takes vendor, allow, fail_on: {marker}")
    fail_on = marker.kwargs.get("fail_on") or ""
    if fail_on and fail_on not in GRADES:
        raise pytest.UsageError(f"fail_on is one of {', '.join(GRADES)}: {fail_on!r}")
    return _several(marker.kwargs.get("vendor")), _several(marker.kwargs.get("allow")), fail_on


def _several(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def _conforms(judged: Contract) -> None:
    from contract_tests.fixtures.contract import DoesNotConform  # noqa: PLC0415

    try:
        judged.check()
    except DoesNotConform as error:
        judged.is_told = True
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _add_section(item: pytest.Item) -> None:
    """Show beside a failure what its client has asked wrongly: it may be the reason."""
    judged = item.stash.get(_JUDGED, None)
    if judged is None:
        return
    text = judged.text()
    judged.is_told = True
    if text:
        item.add_report_section("call", "contract", text)


def _count(request: pytest.FixtureRequest, api: MockApi) -> None:
    judged = request.node.stash.get(_JUDGED, None)
    found = dict(judged.outcomes()) if judged else {}
    for vendor, outcome, _ in api.tenant.outcomes():
        own = found[vendor].findings if vendor in found else ()
        _tally(request.config).add(vendor, outcome.exchanges, own)


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
