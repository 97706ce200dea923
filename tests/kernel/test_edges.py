import base64
from datetime import date, timedelta
from uuid import uuid4

import pytest

from anjia.kernel import calendar, files, storage
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotFound
from anjia.kernel.files import FileNotKnown, FileTooLarge
from anjia.kernel.models import AuditEntry, RecordAccess
from anjia.kernel.paging import BadCursor, Page, cursor_of, page_of
from anjia.kernel.work import acting
from tests import make
from tests.kernel.test_pictures import exif, jpeg
from tests.kernel.test_work import write_note
from tests.make import NOON

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@pytest.mark.usefixtures("database")
class TestPageOf:
    def test_walks_through_all_rows_once_though_rows_are_added_meanwhile(self) -> None:
        clerk = make.actor("notes.write")
        for minute in range(7):
            acting(clerk, NOON + timedelta(minutes=minute // 2)).do(write_note, words="x")

        def page(actor: Actor, after: str | None) -> Page[AuditEntry]:
            return page_of(AuditEntry.objects.all(), order=("-occurred_at", "id"), after=after, size=3)

        seen, after = [], None
        while True:
            found = acting(clerk, NOON).ask(page, after)
            seen += [entry.id for entry in found.items]
            acting(clerk, NOON + timedelta(hours=1)).do(write_note, words="later")
            after = found.next
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 7

    @pytest.mark.parametrize(
        "after",
        [
            "rubbish",
            "W10=",
            "WyJ4IiwieSJd",
            "张",
            "W251bGwsbnVsbF0=",
            "W1tb" * 1000,
            "\ud800",
            "AQ==",
            "AQJrMQ==",
        ],
    )
    def test_refuses_a_cursor_that_is_not_ours(self, after: str) -> None:
        with pytest.raises(BadCursor):
            page_of(AuditEntry.objects.all(), order=("-occurred_at", "id"), after=after)

    def test_refuses_the_cursor_of_another_list(self) -> None:
        cursor = cursor_of(RecordAccess(at=NOON), ("-at", "id"))

        with pytest.raises(BadCursor):
            page_of(AuditEntry.objects.all(), order=("-occurred_at", "id"), after=cursor)

    def test_says_nothing_of_the_row_in_its_cursor(self) -> None:
        cursor = cursor_of(RecordAccess(what="张桂芳"), ("what", "id"))

        assert "张桂芳".encode() not in base64.urlsafe_b64decode(cursor)


@pytest.mark.usefixtures("database")
class TestFiles:
    def test_come_back_as_they_went_in_and_lie_encrypted(self) -> None:
        nurse = make.actor("files.store")
        stored = acting(nurse, NOON).do(files.store, content=PNG, content_type="image/png")

        assert acting(nurse, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id) == (
            "image/png",
            PNG,
        )
        assert b"PNG" not in storage.folder().path_of(stored.id).read_bytes()

    def test_of_a_camera_do_not_say_where_she_lives(self) -> None:
        nurse, photo = make.actor("files.store"), jpeg(exif(orientation=6, place=b"31.2304,121.4737"))

        stored = acting(nurse, NOON).do(files.store, content=photo, content_type="image/jpeg")

        _kind, kept = acting(nurse, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id)
        assert b"31.2304" in photo
        assert b"31.2304" not in kept
        assert stored.size == len(kept)

    def test_are_not_there_for_another_organization_nor_for_another_person(self) -> None:
        nurse, resident_id = make.actor("files.store"), uuid4()
        stored = acting(nurse, NOON).do(
            files.store, content=PNG, content_type="image/png", resident_id=resident_id
        )
        neighbour = make.person(resident_id=uuid4(), organization_id=nurse.organization_id)

        for stranger in [make.actor(), neighbour]:
            with pytest.raises(NotFound):
                acting(stranger, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id)

    def test_are_what_they_begin_as_and_not_too_large(self) -> None:
        nurse = make.actor("files.store")

        with pytest.raises(FileNotKnown):
            acting(nurse, NOON).do(files.store, content=b"<script>", content_type="image/png")
        with pytest.raises(FileNotKnown):
            acting(nurse, NOON).do(files.store, content=PNG, content_type="text/html")
        with pytest.raises(FileTooLarge):
            acting(nurse, NOON).do(files.store, content=PNG * 200_000, content_type="image/png")


class TestCalendar:
    @pytest.mark.parametrize(
        ("day", "worked"),
        [
            (date(2026, 1, 1), False),  # 元旦
            (date(2026, 1, 4), True),  # a Sunday worked instead of 2 January
            (date(2026, 2, 14), True),  # a Saturday worked for 春节
            (date(2026, 2, 17), False),  # 春节
            (date(2026, 11, 23), True),
            (date(2026, 11, 22), False),
        ],
    )
    def test_follows_the_official_holidays_and_swapped_days(self, day: date, worked: bool) -> None:
        """Source: 国务院办公厅关于2026年部分节假日安排的通知."""
        assert calendar.is_working_day(day) is worked

    @pytest.mark.parametrize(
        ("day", "holiday"),
        [
            (date(2027, 1, 1), "元旦"),
            (date(2027, 2, 6), "春节"),
            (date(2027, 2, 9), None),
            (date(2028, 10, 2), "国庆节"),
            (date(2031, 5, 1), "劳动节"),
            (date(2027, 1, 4), None),
        ],
    )
    def test_knows_before_the_notice_what_the_law_lets_off(
        self, day: date, holiday: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Source: 全国年节及纪念日放假办法 第二条."""
        monkeypatch.setattr(calendar, "is_calendar_known", lambda day: False)

        assert calendar.holiday_name(day) == holiday
        assert calendar.is_working_day(day) is (holiday is None)

    def test_begins_a_day_at_midnight_in_shanghai(self) -> None:
        first, last = calendar.day_bounds(date(2026, 3, 2))

        assert first.isoformat() == "2026-03-01T16:00:00+00:00"
        assert last - first == timedelta(days=1)

    @pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(3000, 1, 1), date.max])
    def test_refuses_a_day_that_nobody_means(self, day: date) -> None:
        with pytest.raises(calendar.NoSuchDay):
            calendar.day_bounds(day)


def test_the_system_without_an_organization_is_nobody() -> None:
    assert system().user_id == system().organization_id
