"""The product's settings, with the bare views beside its own: only a benchmark is served with them."""

from anjia.web.settings import *  # noqa: F403  # all of the product's: what is measured is the product as it runs

ROOT_URLCONF = "benchmarks._bare"
