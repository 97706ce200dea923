"""What a nurse took a photo of is shown where it is dealt with, once it has come; to nobody else."""

from uuid import UUID, uuid4

import pytest

from anjia.exceptions.console import dealing as console
from anjia.exceptions.models import VisitException
from anjia.exceptions.queries import photo_of_exception
from anjia.kernel.access import readers_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests import make
from tests.exceptions.make import AT_DOOR, HANDLES, all_of, dispatcher, heard, page
from tests.pages import open_page
from tests.visits.make import Town, fact, picture, say, town
from tests.web.test_live_pass import Ear

pytestmark = pytest.mark.usefixtures("apart", "database")


@pytest.fixture
def here() -> Town:
    return town()


@pytest.fixture
def nurse(here: Town) -> Actor:
    return here.nurse()


def told(
    here: Town, nurse: Actor, kind: str = "no_show", *, sends: bool = True
) -> tuple[VisitException, UUID]:
    """Have her say so, with a photo that her phone sends after it, or keeps."""
    visit, file_id = here.visit(nurse), uuid4()
    say(
        nurse,
        fact(visit, "exception", at=AT_DOOR, exception=kind, form={}, file_id=str(file_id)),
        now=AT_DOOR,
    )
    heard(here)
    if sends:
        picture(visit, by=nurse, file_id=file_id)
    [made] = all_of(here)
    return made, file_id


def look(by: Actor, one: VisitException, file_id: UUID) -> tuple[str, bytes]:
    return acting(by, AT_DOOR).ask(photo_of_exception, Purpose.CONTRACT, exception_id=one.id, file_id=file_id)


class TestAPhotoFromTheField:
    def test_is_shown_with_what_was_reported(self, here: Town, nurse: Actor) -> None:
        made, file_id = told(here, nurse)

        assert [(one.file_id, one.is_here) for one in page(here, made.id).photos] == [(file_id, True)]
        assert look(dispatcher(here), made, file_id)[0] == "image/png"

    def test_is_said_to_be_on_the_phone_until_it_has_come(self, here: Town, nurse: Actor) -> None:
        made, file_id = told(here, nurse, sends=False)

        assert [(one.file_id, one.is_here) for one in page(here, made.id).photos] == [(file_id, False)]
        with pytest.raises(NotFound):
            look(dispatcher(here), made, file_id)

    def test_is_told_to_the_open_page_when_it_comes(self, here: Town, nurse: Actor) -> None:
        visit, file_id = here.visit(nurse), uuid4()
        said = fact(visit, "exception", at=AT_DOOR, exception="no_show", form={}, file_id=str(file_id))
        say(nurse, said, now=AT_DOOR)
        heard(here)
        [made] = all_of(here)
        shown = open_page(console.exception, dispatcher(here), exception_id=made.id)
        topic = "exceptions.photos"
        assert f',{topic}"' in shown
        ear = Ear()

        picture(visit, by=nurse, file_id=uuid4())  # of something else
        assert ear.told(topic) == []
        picture(visit, by=nurse, file_id=file_id)

        assert ear.told(topic) == [str(visit.id)]
        ear.connection.close()

    def test_that_somebody_looked_is_noted(self, here: Town, nurse: Actor) -> None:
        made, file_id = told(here, nurse)
        look(dispatcher(here), made, file_id)

        assert made.resident_id
        herself = here.person(here.look(lambda _: Resident.objects.get(id=made.resident_id)))
        found = acting(herself, AT_DOOR).ask(readers_of, Purpose.ACCESS, resident_id=made.resident_id)
        assert "exceptions.photo" in [one.what for one in found.items]

    def test_of_health_is_for_who_may_read_records(self, here: Town, nurse: Actor) -> None:
        made, file_id = told(here, nurse, "worsening")
        doctor = make.actor(*HANDLES, "records.read", organization_id=here.organization_id)

        assert page(here, made.id).photos == []
        with pytest.raises(NotFound):
            look(dispatcher(here), made, file_id)
        assert look(doctor, made, file_id)[0] == "image/png"

    def test_is_no_way_to_any_other_file(self, here: Town, nurse: Actor) -> None:
        made, _file_id = told(here, nurse)
        other = picture(here.visit(here.nurse("别人"), resident=here.resident()), by=nurse)

        with pytest.raises(NotFound):
            look(dispatcher(here), made, UUID(other))

    def test_is_for_who_deals_with_it_in_the_own_house(self, here: Town, nurse: Actor) -> None:
        made, file_id = told(here, nurse)

        with pytest.raises(NotAllowed):
            look(nurse, made, file_id)
        with pytest.raises(NotFound):
            look(dispatcher(town()), made, file_id)
