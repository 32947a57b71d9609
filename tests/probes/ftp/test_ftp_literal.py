"""Names of choices and addresses, as people write them."""

from ftp_script import Script, run_script

from probes.ftp import FtpPlan, FtpRequest, FtpSecurity, PassiveMode


def test_choices_may_be_named() -> None:
    plan = FtpPlan("h/a", request="upload", passive="epsv", security="auto")
    assert plan.request is FtpRequest.UPLOAD
    assert plan.passive is PassiveMode.EPSV
    assert plan.security is FtpSecurity.AUTO


def test_an_address_takes_no_time_to_resolve() -> None:
    result = run_script(Script())
    assert result.ok
    assert result.dns_ms == 0.0
