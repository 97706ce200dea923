"""A town in which something is taught."""

import pytest

from anjia.learning.models import CourseVersion
from tests.learning import make
from tests.visits.make import Town
from tests.visits.make import town as town_of


@pytest.fixture
def town() -> Town:
    return town_of()


@pytest.fixture
def course(town: Town) -> CourseVersion:
    return make.course(town)
