"""The pages: the list, the form of each kind, one with its steps, and who stands in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from anjia.desk import console as desk
from anjia.exceptions.commands import report_absence, report_exception
from anjia.exceptions.console import absences, dealing, reporting
from anjia.exceptions.console.reporting import read_form
from anjia.exceptions.models import AbsenceLine, VisitException
from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.visits.models import Visit
from anjia.visits.rules.exceptions import ExceptionKind
from tests.exceptions.make import NO_SHOW, dispatcher
from tests.pages import open_page, post_form
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    """A town whose tomorrow is the real one: its pages ask the real clock."""
    noon = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0)
    return town(today=noon + timedelta(days=1))


def boss(here: Town) -> Actor:
    by = dispatcher(here)
    return Actor(
        user_id=by.user_id,
        organization_id=by.organization_id,
        permissions=by.permissions | {"board.read", "exceptions.lead"},
    )


def visit_at(here: Town, nurse: Actor, hour: float, **says: Any) -> Visit:
    return here.visit(
        nurse,
        starts_at=at(hour, today=here.today),
        ends_at=at(hour + 0.5, today=here.today),
        **says,
    )


def all_of(here: Town) -> list[VisitException]:
    found: list[VisitException] = here.look(
        lambda _: list(VisitException.objects.order_by("opened_at", "id"))
    )
    return found


class TestTheForm:
    @pytest.mark.parametrize("kind", sorted(set(ExceptionKind) - {ExceptionKind.CAREGIVER_ILL}))
    def test_of_each_kind_asks_what_matters_to_it(self, here: Town, kind: str) -> None:
        visit = visit_at(here, here.nurse(), 10)

        page = open_page(reporting.new_exception, boss(here), visit_id=visit.id, exception_kind=kind)

        assert "记下以后，第一步" in page
        assert 'name="' in page

    def test_keeps_what_was_filled_in_beside_what_is_missing(self, here: Town) -> None:
        visit = visit_at(here, here.nurse(), 10)
        half = {"tried": ["knocked"], "waited_minutes": "viel", "words": "门口有鞋"}

        response = post_form(
            reporting.new_exception, boss(here), half, visit_id=visit.id, exception_kind="no_show"
        )

        page = response.content.decode()
        assert response.status_code == 422
        assert "请填 0 到 240 之间的整数。" in page
        assert "门口有鞋" in page
        assert re.search(r'value="knocked" checked', page)
        assert all_of(here) == []

    def test_filled_in_leads_to_the_exception(self, here: Town) -> None:
        visit = visit_at(here, here.nurse(), 10)
        whole = {"tried": ["knocked", "rang_family"], "waited_minutes": "15", "signs": "none"}

        response = post_form(
            reporting.new_exception, boss(here), whole, visit_id=visit.id, exception_kind="no_show"
        )

        [made] = all_of(here)
        assert response["Location"] == f"/console/exceptions/{made.id}"
        assert made.form["waited_minutes"] == 15

    @pytest.mark.parametrize("said", ["", "x", "-1", "1e9", "99999999999999999999", "１０"])
    def test_reads_no_number_from_what_is_none(self, said: str) -> None:
        query = QueryDict(mutable=True)
        query["waited_minutes"] = said

        assert not isinstance(read_form(ExceptionKind.NO_SHOW, query)["waited_minutes"], int)


class TestThePage:
    def opened(self, here: Town) -> VisitException:
        visit = visit_at(here, here.nurse(), 10)
        return acting(boss(here), datetime.now(UTC)).do(
            report_exception, visit_id=visit.id, kind="no_show", form=NO_SHOW
        )

    def test_leads_from_step_to_step_and_to_the_end(self, here: Town) -> None:
        made, by = self.opened(here), boss(here)
        assert "打本人和家人的电话" in open_page(dealing.exception, by, exception_id=made.id)

        post_form(dealing.step, by, {"step": "ring_home", "words": "打通了"}, exception_id=made.id)
        again = post_form(dealing.step, by, {"step": "ring_home", "words": "打通了"}, exception_id=made.id)
        assert again.status_code == 409
        assert "这一步刚刚已经有人做了" in again.content.decode()

        bare = post_form(dealing.close, by, {"outcome": "went_on"}, exception_id=made.id)
        assert bare.status_code == 422
        assert "请选告诉了谁" in bare.content.decode()
        closing = {"outcome": "went_on", "done": "接着做了", "told": ["family"], "follow_up": "not_needed"}
        assert post_form(dealing.close, by, closing, exception_id=made.id).status_code == 303
        assert "怎么了结的" in open_page(dealing.exception, by, exception_id=made.id)

    def test_is_taken_over_with_one_press(self, here: Town) -> None:
        made, by = self.opened(here), boss(here)
        assert made.owner_id is None
        assert "没有人可以接这件事" in open_page(dealing.exception, by, exception_id=made.id)

    @pytest.mark.parametrize("show", ["open", "mine", "overdue", "closed", "nonsense"])
    def test_is_in_the_list_where_it_belongs(self, here: Town, show: str) -> None:
        self.opened(here)

        page = open_page(dealing.exceptions, boss(here), f"/?show={show}&kind=no_show")

        assert ("张桂芳" in page) is (show in {"open", "nonsense"})

    def test_is_on_the_visit_and_on_the_board(self, here: Town) -> None:
        made, by = self.opened(here), boss(here)
        day = f"/?day={at(10, today=here.today):%Y-%m-%d}"

        for page in (open_page(desk.visit, by, visit_id=made.visit_id), open_page(desk.board, by, day)):
            assert "家里没人" in page
            assert f"/console/exceptions/{made.id}" in page


class TestWhoStandsIn:
    def test_is_sent_to_all_at_once_and_what_is_not_to_be_had_is_named(self, here: Town) -> None:
        ill, spare = here.nurse("李秋萍"), here.nurse("王芳")
        for hour in (10, 11, 12):
            visit_at(here, ill, hour)
        by = boss(here)
        form = {"cause": "ill", "days": 3, "words": ""}
        made = acting(by, datetime.now(UTC)).do(report_absence, staff_id=id_of(ill), form=form)
        page = open_page(dealing.exception, by, exception_id=made.id)
        said = re.findall(r'type="hidden" name="line" value="([^"]+)"', page.split("都按第一位派")[0])
        assert len(said) == 3
        assert f"/console/dispatch/caregivers/{id_of(ill)}/out?day=" in page  # where times can be moved too
        visit_at(here, spare, 11)  # meanwhile somebody else has booked her

        response = post_form(
            absences.stand_in_for_all, by, {"line": said, "idempotency_key": "k"}, exception_id=made.id
        )

        after = response.content.decode()
        assert "有几家没派成，别的都派好了" in after
        assert "这个时间已经有别的上门" in after
        settled = here.look(lambda _: [one.settled for one in AbsenceLine.objects.order_by("starts_at")])
        assert settled == ["given", "", "given"]

    def test_is_named_one_by_one_too(self, here: Town) -> None:
        ill, spare = here.nurse("李秋萍"), here.nurse("王芳")
        visit_at(here, ill, 10)
        by = boss(here)
        response = post_form(
            absences.new_absence, by, {"staff_id": str(id_of(ill)), "cause": "ill", "days": "3"}
        )
        [made] = all_of(here)
        assert response["Location"] == f"/console/exceptions/{made.id}"
        line = here.look(lambda _: AbsenceLine.objects.get())

        taken = post_form(absences.stand_in, by, {"line": f"{line.id}|{id_of(spare)}"}, exception_id=made.id)
        twice = post_form(absences.stand_in, by, {"line": f"{line.id}|{id_of(ill)}"}, exception_id=made.id)

        assert (taken.status_code, twice.status_code) == (303, 409)
        assert "王芳去" in twice.content.decode()

    def test_is_asked_of_whom_first(self, here: Town) -> None:
        response = post_form(absences.new_absence, boss(here), {"cause": "ill", "days": "1"})

        assert response.status_code == 422
        assert "请选是谁来不了。" in response.content.decode()
