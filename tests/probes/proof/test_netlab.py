"""The laboratory does what it says: what it is told to lose, delay and hide is the truth."""

import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from netlab import Impair, Lab
from peers import needs, until


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(routers=2, links={1: Impair()}, ipv6=True) as made:
        yield made


def volley(lab: Lab, count: int) -> None:
    """Send numbered datagrams, which nobody answers."""
    where = (lab.address("server"), 9)

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            for number in range(count):
                mouth.sendto(number.to_bytes(4, "big"), where)

    lab.client.run(send)


def settled(lab: Lab) -> tuple[int, int, int]:
    """Wait until the cable is empty; return UDP seen, dropped, forwarded."""
    until(lambda: lab.counters(1).waiting == 0, "the cable is empty")
    count = lab.counters(1).forward["udp"]
    return count.seen, count.dropped, count.forwarded


def test_a_cable_without_faults_passes_everything(lab: Lab) -> None:
    lab.impair(1, Impair())
    volley(lab, 200)
    assert settled(lab) == (200, 0, 200)


def test_the_same_seed_loses_the_same_number(lab: Lab) -> None:
    seen = []
    for seed in (1, 1, 2, 3, 4):
        lab.impair(1, Impair(loss=0.3), seed=seed)
        volley(lab, 200)
        seen.append(settled(lab))
    assert seen[0] == seen[1]
    assert len(set(seen)) > 2
    assert all(dropped + forwarded == 200 for _, dropped, forwarded in seen)


def test_a_rule_drops_what_it_names(lab: Lab) -> None:
    lab.impair(1, Impair(drops=every_fourth))
    volley(lab, 40)
    assert settled(lab) == (40, 10, 30)


def every_fourth(number: int, _: bytes) -> bool:
    return number % 4 == 0


def test_duplicates_are_forwarded_twice(lab: Lab) -> None:
    lab.impair(1, Impair(duplicate=1.0))
    volley(lab, 10)
    assert settled(lab) == (10, 0, 20)


def test_a_rate_drops_what_its_queue_cannot_hold(lab: Lab) -> None:
    lab.impair(1, Impair(rate_bits_per_s=32 * 8 * 100, queue_s=0.1))
    volley(lab, 30)
    seen, dropped, forwarded = settled(lab)
    assert seen == 30
    assert dropped + forwarded == 30
    assert 0 < dropped <= 19


def test_a_delay_is_never_cut_short(lab: Lab) -> None:
    needs("ping")
    lab.impair(1, Impair(delay_s=0.02), Impair(delay_s=0.03))
    lines = lab.client.exec(["ping", "-c", "3", "-i", "0.05", lab.address("server")])
    times = [float(line.split("time=")[1].split()[0]) for line in lines.splitlines()[1:4]]
    assert min(times) >= 50


@pytest.mark.parametrize("version", [4, 6])
def test_hops_are_what_traceroute_sees(lab: Lab, version: int) -> None:
    needs("traceroute")
    lab.impair(1, Impair())
    output = lab.client.exec(f"traceroute -n -q 1 {lab.address('server', version)}")
    seen = [line.split()[1] for line in output.splitlines()[1:]]
    assert seen == lab.hops(version)


def test_without_ipv6_nothing_but_the_probes_crosses() -> None:
    with Lab(routers=1, links={0: Impair(), 1: Impair()}) as lab:
        volley(lab, 3)
        for link in (0, 1):
            assert lab.counters(link).forward["all"].seen == 3


def test_flows_take_every_parallel_router() -> None:
    needs("traceroute")
    with Lab(routers=3, parallel={2: 2}) as lab:
        output = lab.client.exec(f"traceroute -n -q 10 -f 2 -m 2 {lab.address('server')}")
        seen = {word for word in output.splitlines()[-1].split() if word.startswith("10.")}
        assert seen == lab.hop_sets()[1]
        assert len(seen) == 2


def test_a_link_has_the_mtu_it_was_given() -> None:
    needs("ping")
    with Lab(routers=2, mtus={1: 1400}) as lab:
        words = lab.client.exec(f"ping -M do -s 1400 -c 1 {lab.address('server')} 2>&1 || true")
        assert "mtu = 1400" in words


def test_the_unprivileged_have_no_rights(lab: Lab) -> None:
    def rights() -> tuple[int, bool]:
        status = Path("/proc/self/status").read_text()
        return os.getuid(), "CapEff:\t0000000000000000" in status

    user, powerless = lab.client.run_unprivileged(rights)
    assert user != 0
    assert powerless


def test_a_coroutine_is_awaited(lab: Lab) -> None:
    async def answer() -> int:
        return 42

    assert lab.client.run(answer) == 42


def test_a_failure_inside_fails_the_test(lab: Lab) -> None:
    def broken() -> None:
        raise KeyError("inside")

    with pytest.raises(pytest.fail.Exception, match="inside"):
        lab.client.run(broken)


def test_a_body_that_hangs_is_ended(lab: Lab) -> None:
    with pytest.raises(pytest.fail.Exception, match="no answer in time"):
        lab.client.run(lambda: select.select([], [], []), patience_s=0.2)


def test_a_server_in_python_is_up_when_the_block_begins(lab: Lab) -> None:
    with lab.server.serving(echo_once) as port:
        assert lab.server.listens(port)
        where = (lab.address("server"), port)

        def ask() -> bytes:
            with socket.create_connection(where, 10) as connection:
                connection.sendall(b"hello")
                return connection.recv(5)

        assert lab.client.run(ask) == b"hello"
    assert not lab.server.listens(port)


def echo_once(announce) -> None:
    with socket.create_server(("", 0)) as server:
        announce(server.getsockname()[1])
        connection, _ = server.accept()
        with connection:
            connection.sendall(connection.recv(5))


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_left_after_a_failure() -> None:
    before = descriptors()
    with pytest.raises(ZeroDivisionError), Lab(routers=1, links={0: Impair()}):
        raise ZeroDivisionError
    assert descriptors() == before
