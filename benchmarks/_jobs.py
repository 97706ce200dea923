"""What a worker does with a zone of a city: it needs nothing but the job, and may be on any machine."""

from benchmarks import _planning_cache  # noqa: F401  # first: it says where what is compiled is kept

# isort: split

from anjia.planning.plan import Plan
from anjia.planning.solve import solve
from anjia.planning.zones import Job


def plan_of(job: Job) -> Plan:
    return solve(job.problem, iterations=job.iterations, seed=job.seed, start=job.start)
