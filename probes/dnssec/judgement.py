"""The two ways in which a search for proof ends early, as exceptions with their reasons."""


class Bogus(Exception):
    """What should be proven is not; the text says which record breaks which rule."""


class Insecure(Exception):
    """It is proven that nothing is signed here, or not in a way that is known."""
