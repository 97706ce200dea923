"""The product's settings, with the bare views beside its own: only a benchmark is served with them."""

from anjia.web.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._bare"
