"""Random numbers, from a seed that is part of the world."""

import numpy as np

from anjia.planning.search.compiling import inner
from anjia.planning.search.records import World


@inner
def draw(w: World) -> np.uint64:
    """Return 64 random bits (xorshift64*)."""
    x = w.tally[0].seed
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    w.tally[0].seed = x
    return x * np.uint64(2685821657736338717)


@inner
def below(w: World, n: int) -> int:
    """Return a random whole number from 0 to n - 1."""
    return np.int64(((draw(w) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))  # type: ignore[return-value]  # to numba it is one


@inner
def chance(w: World) -> float:
    """Return a random number from 0 to 1, neither of them."""
    return (np.float64(draw(w) >> np.uint64(12)) + 0.5) * (1.0 / 4503599627370496.0)
