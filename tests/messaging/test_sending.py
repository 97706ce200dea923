"""Saying something to somebody, once, in her way and language."""

import threading
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging import commands, queries
from anjia.messaging.models import Message, Notification
from anjia.messaging.rules import (
    Contact,
    TemplateIncomplete,
    TemplateUnknown,
    WayUnsound,
)
from tests import make as basics
from tests.make import NOON
from tests.messaging import make
from tests.messaging.make import EVERYTHING, Post


class TestSend:
    def test_tells_her_once_of_one_event_however_often_it_is_heard_of(
        self, sender: Actor, post: Post
    ) -> None:
        party_id, event_id = uuid4(), uuid4()
        first = make.message(sent_by=sender, party_id=party_id, event_id=event_id)
        second = make.message(sent_by=sender, party_id=party_id, event_id=event_id)
        post.go()
        post.go()

        assert first.id == second.id
        assert [to for _, to, _ in post.wechat.taken] == ["o-wang"]
        assert post.sms.taken == []

    def test_has_one_of_two_twins_wait_for_the_other(self, sender: Actor, database: None) -> None:
        party_id, event_id = uuid4(), uuid4()
        ids: list[object] = []

        def twin() -> None:
            try:
                ids.append(make.message(sent_by=sender, party_id=party_id, event_id=event_id).id)
            finally:
                connection.close()

        twins = [threading.Thread(target=twin) for _ in range(6)]
        for thread in twins:
            thread.start()
        for thread in twins:
            thread.join()

        assert len(ids) == 6
        assert len(set(ids)) == 1

    def test_is_kept_unique_by_the_database_too(self, sender: Actor, database: None) -> None:
        message = make.message(sent_by=sender)
        [row] = make.notifications(message).values()

        def again(actor: Actor) -> None:
            row.id = uuid4()
            row.save(force_insert=True)

        with pytest.raises(IntegrityError, match="notification_once"):
            acting(sender, NOON).ask(again)

    def test_refuses_what_is_not_complete(self, sender: Actor, database: None) -> None:
        with pytest.raises(TemplateIncomplete):
            make.message(sent_by=sender, values={})
        with pytest.raises(TemplateUnknown):
            make.message(sent_by=sender, template_code="nothing")
        with pytest.raises(NotFound):
            make.message(sent_by=sender, contact=None)

    def test_needs_the_permission(self, database: None) -> None:
        with pytest.raises(NotAllowed):
            make.message(sent_by=basics.actor())

    def test_speaks_her_language(self, sender: Actor, database: None) -> None:
        daughter = Contact(name="Lin", phone="13800138001", language="en")
        message = make.message(sent_by=sender, contact=daughter)

        assert message.title == "Home visit booked"
        assert "4821" in message.words

    def test_keeps_what_is_said_out_of_sight_in_the_database(self, sender: Actor, database: None) -> None:
        message = make.message(sent_by=sender)

        def raw(actor: Actor) -> list[object]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM messaging_message WHERE id = %s", [message.id])
                return list(cursor.fetchone())

        # As it lies there, not as digits: in those of an id or a cipher any four are found one day.
        stored = [one for one in acting(sender, NOON).ask(raw) if not isinstance(one, UUID | datetime)]
        lying = b"|".join(
            bytes(one) if isinstance(one, memoryview | bytes) else str(one).encode() for one in stored
        )
        assert b"4821" not in lying
        assert "王秀英".encode() not in lying


class TestLanguage:
    def test_is_hers_in_words_and_times(self, sender: Actor, database: None) -> None:
        when = at(date(2026, 3, 3), time(9))
        contact = Contact(name="Jane", phone="13800138000", language="en")
        message = make.message(sent_by=sender, contact=contact, values=make.VALUES | {"when": when})

        assert "Tue 3 Mar 09:00" in message.words


class TestQuietHours:
    def test_hold_a_message_until_seven(self, sender: Actor, post: Post) -> None:
        night = at(date(2026, 3, 2), time(21, 0))
        message = make.message(sent_by=sender, now=night)
        post.go(night)
        post.go(at(date(2026, 3, 3), time(6, 59, 59)))
        assert post.wechat.taken == []

        post.go(at(date(2026, 3, 3), time(7)))
        assert make.notifications(message)["wechat"].state == "sent"

    def test_hold_what_was_due_before_but_not_sent_in_time(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender, now=at(date(2026, 3, 2), time(20, 59, 59)))
        post.go(at(date(2026, 3, 2), time(21, 0)))

        assert post.wechat.taken == []
        assert make.notifications(message)["wechat"].due_at == at(date(2026, 3, 3), time(7))

    def test_let_urgent_things_through(self, sender: Actor, post: Post) -> None:
        night = at(date(2026, 3, 2), time(23))
        make.message(sent_by=sender, now=night, urgent=True)
        post.go(night)

        assert len(post.wechat.taken) == 1

    def test_do_not_wake_anybody_for_what_is_over_by_then(self, sender: Actor, post: Post) -> None:
        night = at(date(2026, 3, 2), time(22))
        message = make.message(sent_by=sender, now=night, needed_by=at(date(2026, 3, 3), time(6)))
        post.go(at(date(2026, 3, 3), time(7)))

        assert (make.notifications(message)["wechat"].state, post.wechat.taken) == ("gave_up", [])


class TestSetRecipient:
    def test_holds_against_what_is_learnt_later(self, sender: Actor, post: Post) -> None:
        party_id = uuid4()
        acting(sender, NOON).do(
            commands.set_recipient, party_id=party_id, name="王秀英", ways=["sms"], phone="13700137000"
        )
        make.message(sent_by=sender, party_id=party_id, contact=EVERYTHING)
        post.go()

        assert [to for _, to, _ in post.sms.taken] == ["13700137000"]
        assert post.wechat.taken == []

    def test_learns_a_new_number_where_nobody_has_said_anything(self, sender: Actor, post: Post) -> None:
        party_id = uuid4()
        make.message(sent_by=sender, party_id=party_id, contact=Contact(name="王", phone="13700137000"))
        make.message(sent_by=sender, party_id=party_id, contact=Contact(name="王", phone="13700137001"))
        post.go()

        assert {to for _, to, _ in post.sms.taken} == {"13700137001"}

    @pytest.mark.parametrize(
        "wrong",
        [{"ways": []}, {"ways": ["pigeon"]}, {"ways": ["sms"]}, {"ways": ["wechat"]}, {"ways": ["through"]}],
    )
    def test_refuses_a_way_that_leads_nowhere(
        self, sender: Actor, wrong: dict[str, Any], database: None
    ) -> None:
        with pytest.raises(WayUnsound):
            acting(sender, NOON).do(commands.set_recipient, party_id=uuid4(), name="王", **wrong)


class TestInbox:
    def test_is_ones_own_and_about_the_one_she_acts_for(self, sender: Actor, database: None) -> None:
        mother, uncle = uuid4(), uuid4()
        daughter = basics.person("messaging.read", resident_id=mother, organization_id=sender.organization_id)
        hers = make.message(sent_by=sender, party_id=daughter.user_id, resident_id=mother)
        make.message(sent_by=sender, party_id=daughter.user_id, resident_id=uncle)
        make.message(sent_by=sender, resident_id=mother)  # somebody else was told of her mother too

        page = acting(daughter, NOON).ask(queries.inbox_of, Purpose.ACCESS)
        assert [entry.id for entry in page.items] == [hers.id]

        acting(daughter, NOON).do(commands.read_messages, message_ids=[hers.id])
        [read] = acting(daughter, NOON).ask(queries.inbox_of, Purpose.ACCESS).items
        assert read.message.read_at == NOON

    def test_shows_a_person_no_row_of_anybody_elses(self, sender: Actor, database: None) -> None:
        make.message(sent_by=sender)
        stranger = basics.person(
            "messaging.read", resident_id=uuid4(), organization_id=sender.organization_id
        )

        assert acting(stranger, NOON).ask(lambda actor: Message.objects.count()) == 0
        assert acting(stranger, NOON).ask(lambda actor: Notification.objects.count()) == 0

    def test_is_nobody_elses_to_read(self, sender: Actor, database: None) -> None:
        message = make.message(sent_by=sender)

        stranger = basics.actor("messaging.read", organization_id=sender.organization_id)
        found = acting(stranger, NOON).do(commands.read_messages, message_ids=[message.id])

        assert found.count == 0
        kept = acting(sender, NOON).ask(lambda _actor: Message.objects.get(id=message.id))
        assert kept.read_at is None

    def test_shows_another_house_nothing(self, sender: Actor, database: None) -> None:
        make.message(sent_by=sender)

        assert acting(basics.actor(), NOON).ask(lambda actor: Message.objects.count()) == 0
