import pytest

from anjia.kernel.errors import NotAllowed, NotFound
from anjia.quality.console import numbers as console
from tests.make import actor
from tests.pages import open_page
from tests.quality import make
from tests.quality.make import rate
from tests.visits import make as visits
from tests.visits.make import Town

PERIOD = "?first=2026-03-03&last=2026-03-03"


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


class TestIndicators:
    def test_say_no_data_and_too_few_in_words(self, town: Town) -> None:
        assert "没数据" in open_page(console.indicators, make.manager(town), f"/{PERIOD}")
        visit = make.done_visit(town, town.nurse())
        rate(make.herself(visit.resident_id, town), visit, 5)

        page = open_page(console.indicators, make.manager(town), f"/{PERIOD}")
        assert "样本不足" in page
        assert "算不出：只有 1 份，满 5 份才算" in page
        assert "100.0" in page  # completion
        assert "怎么算" in page

    def test_open_their_rows(self, town: Town) -> None:
        visit = make.done_visit(town, town.nurse())
        rate(make.herself(visit.resident_id, town), visit, 5, aspects={"manner": 5}, words="很细心")
        manager = make.manager(town)

        assert "张桂芳" in open_page(console.rows, manager, f"/{PERIOD}", code="completion", part="counted")
        page = open_page(console.rows, manager, f"/{PERIOD}", code="satisfaction_resident", part="counted")
        assert "很细心" in page
        assert "态度 5" in page
        assert "这里一单也没有" in open_page(
            console.rows, manager, f"/{PERIOD}", code="completion", part="missing"
        )

    def test_show_the_last_thirty_days_for_nonsense(self, town: Town) -> None:
        for query in ("?first=x", "?first=2026-03-03&last=2026-03-01", "?first=2020-01-01&last=2026-03-01"):
            assert open_page(console.indicators, make.manager(town), f"/{query}")

    def test_are_for_who_may(self, town: Town) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.indicators, actor())
        with pytest.raises(NotFound):
            open_page(console.rows, make.manager(town), "/", code="nothing", part="counted")
