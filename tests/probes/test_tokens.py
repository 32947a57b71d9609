"""Tokens are 32-bit numbers that nobody can foretell."""

from probes.tokens import Tokens


def test_tokens_fit_32_bits_and_do_not_repeat_soon() -> None:
    tokens = Tokens()
    drawn = [tokens.draw() for _ in range(2000)]
    assert all(0 <= token < 2**32 for token in drawn)
    # Of 2000 out of four thousand million two may be equal once in 2000 runs, four never.
    assert len(set(drawn)) >= 1997


def test_two_sources_do_not_agree() -> None:
    one, other = Tokens(), Tokens()
    assert [one.draw() for _ in range(8)] != [other.draw() for _ in range(8)]
