"""A client's process: what it writes passes through, it ends in time, and nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contract_tests.client.child import Child, Command, Ended, NoCommand
from contract_tests.client.streams import Pipes, Stream

EVERY_BYTE = bytes(range(256)) * 40


def child(*args: str, limit_s: float = 30.0, pipes: Pipes | None = None) -> Child:
    command = Command(args, dict(os.environ), limit_s)
    return Child(command, pipes or Pipes(), subprocess.DEVNULL)


def ended(one: Child) -> Ended:
    one.start()
    return one.wait()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_exit_code_is_the_childs() -> None:
    assert ended(child("sh", "-c", "exit 7")).code == 7


def test_a_signal_is_a_negative_code() -> None:
    assert ended(child("sh", "-c", "kill -9 $$")).code == -signal.SIGKILL


def test_output_is_kept() -> None:
    pipes = Pipes()
    ended(child("sh", "-c", "echo out; echo err >&2", pipes=pipes))
    assert (pipes.out.text, pipes.err.text) == ("out\n", "err\n")


def test_the_last_part_of_much_output_is_kept() -> None:
    pipes = Pipes()
    ended(child("sh", "-c", "head -c 3000000 /dev/zero; echo end", pipes=pipes))
    assert len(pipes.out.text) == 2**18
    assert pipes.out.text.endswith("end\n")


def test_output_is_passed_on_byte_by_byte(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(EVERY_BYTE)
    with target.open("wb") as file:
        ended(child("cat", str(source), pipes=Pipes(Stream(file.fileno()))))
    assert target.read_bytes() == EVERY_BYTE


def test_a_reader_that_is_gone_does_not_end_the_child() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    pipes = Pipes(Stream(writing))
    assert ended(child("sh", "-c", "echo a; sleep 0.1; echo b; exit 3", pipes=pipes)).code == 3
    os.close(writing)


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(NoCommand, match="no command 'no-such-program'"):
        child("no-such-program").start()


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    file = tmp_path / "plain"
    file.write_text("x", "utf-8")
    with pytest.raises(NoCommand, match="cannot be started: Permission denied"):
        child(str(file)).start()


def test_a_child_that_hangs_is_stopped() -> None:
    found = ended(child("sleep", "600", limit_s=0.3))
    assert (found.hung, found.code) == (True, -signal.SIGTERM)


def test_a_child_in_time_has_not_hung() -> None:
    assert not ended(child("true")).hung


@pytest.mark.slow
def test_a_child_that_ignores_the_request_to_end_is_killed() -> None:
    found = ended(child("sh", "-c", "trap '' TERM; sleep 600 & wait; sleep 600", limit_s=0.3))
    assert (found.hung, found.code) == (True, -signal.SIGKILL)


def test_what_it_left_running_is_ended() -> None:
    pipes = Pipes()
    ended(child("sh", "-c", "sleep 600 >&2 & echo $!", pipes=pipes))
    assert not is_alive(int(pipes.out.text))


def test_what_left_its_group_is_ended() -> None:
    pipes = Pipes()
    text = "setsid sh -c 'echo $$; exec sleep 600 >/dev/null 2>&1' & sleep 0.3"
    ended(child("sh", "-c", text, pipes=pipes))
    assert not is_alive(int(pipes.out.text))


def test_what_others_run_is_left_alone() -> None:
    other = subprocess.Popen(["sleep", "600"])
    try:
        ended(child("true"))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_it_has_a_group_of_its_own() -> None:
    pipes = Pipes()
    ended(child(sys.executable, "-c", "import os; print(os.getpgrp())", pipes=pipes))
    assert int(pipes.out.text) != os.getpgrp()


def test_a_signal_is_passed_on() -> None:
    ready, tell = os.pipe()
    pipes = Pipes(Stream(tell))
    # Not INT: a shell cannot catch what was ignored when it began, as in the background.
    one = child("sh", "-c", "trap 'exit 42' TERM; echo; while :; do sleep 0.05; done", pipes=pipes)
    one.start()

    def interrupt() -> None:
        os.read(ready, 1)
        one.signal(signal.SIGTERM)

    threading.Thread(target=interrupt).start()
    assert one.wait().code == 42
    os.close(ready)
    os.close(tell)


def test_the_second_signal_ends_a_child_that_ignores_the_first() -> None:
    ready, tell = os.pipe()
    pipes = Pipes(Stream(tell))
    one = child("sh", "-c", "trap '' INT; echo; while :; do sleep 0.05; done", pipes=pipes)
    one.start()

    def interrupt() -> None:
        os.read(ready, 1)
        one.signal(signal.SIGINT)
        one.signal(signal.SIGINT)

    threading.Thread(target=interrupt).start()
    assert one.wait().code == -signal.SIGKILL
    os.close(ready)
    os.close(tell)
