"""FTP servers that misbehave: every one ends in a failure, none leads the probe astray."""

import asyncio
from typing import Any

import pytest
from ftp_script import HOME_ONLY, Script, ear, measured, run, run_script
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import Failure, FailureKind, TargetPolicy
from probes.errors import TargetRefused, TargetUnresolvable
from probes.ftp import FtpPlan, FtpRequest, FtpResult, FtpSecurity, PassiveMode


def failure_of(result: FtpResult) -> Failure:
    assert result.failure, result
    assert not result.ok
    assert result.total_ms is None
    return result.failure


def failure_of_any(result: FtpResult) -> Failure:
    assert result.failure
    return result.failure


def refused(kind: FailureKind, phase: str, script: Script, **settings: Any) -> FtpResult:
    result = run_script(script, **{"timeout_s": 20.0, **settings})
    failure = failure_of(result)
    assert (failure.kind, failure.phase) == (kind, phase), failure
    assert failure.message.endswith(".")
    return result


def test_a_pasv_address_that_is_closed_is_never_contacted() -> None:
    with ear() as listening:
        script = Script({"PASV": f"227 Come here ({listening.octets})."})
        result = refused(FailureKind.NOT_ALLOWED, "negotiation", script, passive=PassiveMode.PASV)
        assert listening.arrivals() == 0
    assert "127.0.0.2" in str(result.failure)
    assert not any(line.startswith("RETR") for line in script.heard)


def test_a_pasv_address_that_is_open_is_used() -> None:
    def elsewhere(script: Script) -> str:
        return f"227 Come here (127,0,0,1,{script.data_port >> 8},{script.data_port & 255})."

    script = Script({"PASV": elsewhere})
    assert run_script(script, passive=PassiveMode.PASV).ok
    assert script.data_connections == 1


def test_the_port_that_epsv_names_is_asked_of_the_pinned_address_only() -> None:
    with ear() as listening:
        script = Script({"EPSV": f"229 Here (|||{listening.port}|)."})
        refused(FailureKind.REFUSED, "negotiation", script)
        assert listening.arrivals() == 0


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("227 Here (1,2,3).", FailureKind.PROTOCOL),
        ("227 Here (300,1,1,1,1,1).", FailureKind.PROTOCOL),
        ("227 Here (a,b,c,d,e,f).", FailureKind.PROTOCOL),
        ("227 Here (127,0,0,1,0,0).", FailureKind.PROTOCOL),
        ("227 Here (127,0,0,1,999,9).", FailureKind.PROTOCOL),
        ("227 Here (-127,0,0,1,4,9).", FailureKind.PROTOCOL),
        ("227 Here.", FailureKind.PROTOCOL),
        ("227 Here (169,254,169,254,0,80).", FailureKind.NOT_ALLOWED),
        ("227 Here (224,0,0,1,4,4).", FailureKind.NOT_ALLOWED),
    ],
)
def test_odd_pasv_replies(reply: str, kind: FailureKind) -> None:
    refused(kind, "negotiation", Script({"PASV": reply}), passive=PassiveMode.PASV)


@pytest.mark.parametrize(
    "reply", ["229 Here.", "229 (|||0|)", "229 (|||99999|)", f"229 (|||{'9' * 4000}|)", "229 ()"]
)
def test_odd_epsv_replies(reply: str) -> None:
    refused(FailureKind.PROTOCOL, "negotiation", Script({"EPSV": reply}))


def test_an_unknown_epsv_is_followed_by_pasv() -> None:
    def here(script: Script) -> str:
        return f"227 ({'127,0,0,1'},{script.data_port >> 8},{script.data_port & 255})"

    assert run_script(Script({"EPSV": "502 What?", "PASV": here})).ok


def test_an_endless_banner_is_cut_off() -> None:
    result = refused(FailureKind.PROTOCOL, "negotiation", Script({"": b"220-More\r\n" * 10_000}))
    assert len(result.replies) == 200


def test_an_endless_line_is_cut_off() -> None:
    refused(FailureKind.PROTOCOL, "negotiation", Script({"": b"220 " + b"x" * 100_000}))


@pytest.mark.parametrize("banner", [b"SSH-2.0-x\r\n", b"\r\n", b"\xff\xfe\r\n", b"2200 x\r\n"])
def test_a_banner_that_is_no_reply(banner: bytes) -> None:
    refused(FailureKind.PROTOCOL, "negotiation", Script({"": banner}))


def test_a_banner_of_several_lines_may_hold_numbers_and_any_bytes() -> None:
    banner = b"220-Gr\xfc\xdfe\r\n200 users\r\n 220 in\r\n220-and\r\n\r\n220 end\r\n"
    result = run_script(Script({"": banner}))
    assert result.ok, result
    assert result.replies[1] == "200 users"


def test_a_server_that_is_too_busy_is_a_status() -> None:
    result = refused(FailureKind.STATUS, "negotiation", Script({"": "421 Too many."}))
    assert "421 Too many." in str(result.failure)


@pytest.mark.parametrize("verb", ["", "USER", "PASS", "TYPE", "EPSV"])
def test_a_connection_that_closes_early_is_a_reset(verb: str) -> None:
    refused(FailureKind.RESET, "negotiation", Script({verb: b""}))


def test_half_a_reply_and_then_nothing_is_a_reset() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 Rea")
        writer.close()

    async def within() -> FtpResult:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await measured(FtpPlan(f"127.0.0.1:{port}/a"))

    assert failure_of(asyncio.run(within())).kind is FailureKind.RESET


@pytest.mark.parametrize("verb", ["", "PASS"])
def test_silence_is_a_timeout_in_its_phase(verb: str) -> None:
    result = refused(FailureKind.TIMEOUT, "negotiation", Script({verb: None}), timeout_s=0.5)
    assert result.connect_ms is not None
    assert result.negotiation_ms is None


def test_silence_after_the_command_is_a_timeout_of_the_wait() -> None:
    result = refused(
        FailureKind.TIMEOUT, "wait", Script({"RETR": None}, after=None), timeout_s=0.6
    )
    assert result.wait_ms is None


def test_data_that_stop_half_way_are_a_timeout_of_the_transfer() -> None:
    async def dribble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"12345")
        await asyncio.Event().wait()

    result = refused(FailureKind.TIMEOUT, "transfer", Script(data=dribble), timeout_s=0.5)
    assert (result.wire_bytes, result.transfer_ms) == (5, None)


def test_a_data_connection_that_is_reset_tells_what_the_server_said_about_it() -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"12345")
        await writer.drain()
        writer.transport.abort()

    script = Script(data=reset, after="426 My disk broke.")
    result = run_script(script)
    failure = failure_of_any(result)
    assert failure.kind is FailureKind.STATUS
    assert "My disk broke" in failure.message


def test_a_transfer_that_ends_with_a_complaint_is_a_status() -> None:
    result = run_script(Script(after="451 Read error."))
    assert failure_of_any(result).kind is FailureKind.STATUS
    assert result.reply_code == 451


def test_no_last_reply_is_a_timeout() -> None:
    result = run_script(Script(after=None), timeout_s=0.3)
    assert failure_of_any(result).kind is FailureKind.TIMEOUT


def test_an_upload_that_is_not_wanted_is_a_status() -> None:
    result = refused(
        FailureKind.STATUS, "wait", Script({"STOR": "553 No."}), request=FtpRequest.UPLOAD
    )
    assert result.wire_bytes == 0


def test_a_login_that_never_ends_is_cut_off() -> None:
    refused(FailureKind.PROTOCOL, "negotiation", Script({"PASS": "331 Again?"}))


def test_a_demand_for_an_account_is_an_authentication_failure() -> None:
    replies = {"USER": "332 Account?", "ACCT": "530 No."}
    refused(FailureKind.AUTHENTICATION, "negotiation", Script(replies))


def test_commands_injected_behind_the_tls_reply_are_refused() -> None:
    script = Script({"AUTH": b"234 Go.\r\n230 You are in.\r\n"})
    result = refused(FailureKind.PROTOCOL, "negotiation", script, security=FtpSecurity.EXPLICIT)
    assert "in the clear" in str(result.failure)


def test_a_closed_port_is_refused_with_no_connect_time() -> None:
    with ear("127.0.0.1") as listening:
        port = listening.port
    failure = failure_of(run(f"127.0.0.1:{port}/a", HOME_ONLY))
    assert (failure.kind, failure.phase) == (FailureKind.REFUSED, "connect")


def test_a_target_that_is_closed_is_refused_before_the_first_packet() -> None:
    with ear() as listening:
        with pytest.raises(TargetRefused):
            run(f"127.0.0.2:{listening.port}/a", HOME_ONLY)
        assert listening.arrivals() == 0


def test_a_name_without_address_is_an_error() -> None:
    with pytest.raises(TargetUnresolvable):
        run("no-such-host.invalid/a", TargetPolicy())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=6))
def test_garbage_never_raises(replies: list[bytes]) -> None:
    said = iter(replies)
    verbs = ("", "USER", "PASS", "TYPE", "EPSV", "RETR")
    script = Script({verb: lambda _: next(said, b"") + b"\r\n" for verb in verbs})
    assert not run_script(script, timeout_s=0.2).ok
