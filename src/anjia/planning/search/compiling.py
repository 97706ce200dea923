"""
How the search is compiled, and where that is kept.

`inner` functions are called by compiled code only. They own no memory, so nobody counts who refers to it (`_nrt`), and
Python cannot call them, so nothing is made for that: this halves the time of compiling and doubles the speed. `entry`
functions are what Python calls. What is compiled for them is kept in the folder that ANJIA_PLANNING_CACHE names, under
a name made of what it was compiled from: numba itself looks at an entry's own file only, and would go on with what has
changed below it. Without such a folder nothing is kept.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba

from anjia.planning.search import passing  # noqa: F401  # it tells numba what a world is

Function = TypeVar("Function", bound=Callable[..., Any])

jit: Final[Any] = numba.njit  # its types do not know all of its options
config: Final[Any] = numba.config

CACHE: Final = os.environ.get("ANJIA_PLANNING_CACHE")


def fingerprint() -> str:
    """Return a name for these sources, compiled by this numba for this Python."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


if CACHE:
    config.CACHE_DIR = str(Path(CACHE) / fingerprint())


def inner(function: Function) -> Function:
    compiled = jit(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
    return cast(Function, compiled(function))


def entry(function: Function) -> Function:
    return cast(Function, jit(cache=bool(CACHE), error_model="numpy", nogil=True)(function))
