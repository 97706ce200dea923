from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from anjia import catalogue
from anjia.catalogue.commands.publishing import _seeds
from anjia.catalogue.rules import (
    Requires,
    ServiceInvalid,
    check_content,
    digest_of,
    full_years,
    in_language,
    why_not,
)
from tests.catalogue.make import content, nurse, requires

ENGLISH = Path(catalogue.__path__[0]) / "locale" / "en" / "LC_MESSAGES" / "django.mo"
DAY = date(2026, 3, 10)
NURSING = Requires.of(requires())
PICC = Requires.of(requires(certificates=["picc"]))


def codes(asked: Requires, on: date = DAY, **changes: Any) -> list[str]:
    return [reason.code for reason in why_not(asked, nurse(**changes), on)]


class TestInternetNursingGate:
    """国卫办医函〔2019〕80号: five years inclusive and 护师 or above; clinical reference 5.1."""

    @pytest.mark.parametrize(
        ("started_on", "title", "refused"),
        [
            (date(2021, 3, 10), "护师", []),  # 5.00 years
            (date(2021, 3, 11), "护师", ["too_few_years"]),  # a day short: 4.99
            (date(2021, 3, 10), "护士", ["title_too_low"]),
            (date(2021, 3, 11), "护士", ["title_too_low", "too_few_years"]),
            (date(2010, 7, 1), "主管护师", []),
            (date(2010, 7, 1), "副主任护师", []),
            (date(2010, 7, 1), "主任护师", []),
            (None, "护师", ["years_unknown"]),
            (date(2010, 7, 1), "", ["title_too_low"]),
        ],
    )
    def test_asks_for_five_years_and_the_title(
        self, started_on: date | None, title: str, refused: list[str]
    ) -> None:
        assert codes(NURSING, started_on=started_on, title=title) == refused

    def test_does_not_stand_before_other_services(self) -> None:
        follow_up = Requires.of(_seeds()["bp_follow_up"]["requires"])

        assert codes(follow_up, started_on=date(2026, 1, 1), title="护士") == []

    def test_stands_before_every_seeded_service_of_its_line(self) -> None:
        young: dict[str, Any] = {"started_on": date(2021, 3, 11), "title": "护士"}
        nursing = [c for c in _seeds().values() if c["legal_line"] == "internet_nursing"]

        assert len(nursing) >= 8
        for service in nursing:
            assert {"too_few_years", "title_too_low"} <= set(
                codes(Requires.of(service["requires"]), DAY, **young)
            )


class TestPapers:
    def test_hold_on_their_last_day(self) -> None:
        assert codes(NURSING, qualifications={"nurse_licence": DAY}) == []

    def test_do_not_hold_the_day_after(self) -> None:
        assert codes(NURSING, qualifications={"nurse_licence": DAY - timedelta(days=1)}) == [
            "licence_expired"
        ]

    def test_without_an_end_hold_for_ever(self) -> None:
        assert codes(NURSING, qualifications={"nurse_licence": None}) == []

    def test_are_asked_for_by_the_kind_of_the_person(self) -> None:
        follow_up = Requires.of(_seeds()["bp_follow_up"]["requires"])

        assert codes(follow_up, kind="doctor", title="医师") == ["licence_missing"]
        assert codes(follow_up, kind="doctor", title="医师", qualifications={"doctor_licence": None}) == []

    def test_that_nobody_has_checked_do_not_count_and_say_so(self) -> None:
        licence = {"nurse_licence": None}

        assert codes(PICC, qualifications=licence) == ["certificate_missing"]
        assert codes(PICC, qualifications=licence, unverified=frozenset({"picc"})) == [
            "certificate_unverified"
        ]

    def test_are_not_asked_for_where_the_service_is_not_medical(self) -> None:
        bath = Requires.of(_seeds()["assisted_bath"]["requires"])

        assert codes(bath, kind="health_worker", title="", started_on=None, qualifications={}) == []


class TestWhyNot:
    def test_says_everything_at_once_with_its_source(self) -> None:
        reasons = why_not(PICC, nurse(title="护士", qualifications={}, started_on=date(2025, 1, 1)), DAY)

        assert [reason.code for reason in reasons] == [
            "title_too_low",
            "too_few_years",
            "licence_missing",
            "certificate_missing",
        ]
        assert all("国卫办医函" in reason.source for reason in reasons if reason.code != "licence_missing")
        assert "护士条例" in reasons[2].source
        assert reasons[0].words == "职称要护师或以上，现在是护士。"

    @pytest.mark.skipif(not ENGLISH.exists(), reason="translations are not compiled")
    def test_says_it_in_english_too(self) -> None:
        with translation.override("en"):
            reasons = why_not(NURSING, nurse(kind="doctor", title="医师"), DAY)

        assert reasons[0].words == "This service is done by: Nurse; this is: Doctor."


@pytest.mark.parametrize(
    ("since", "on", "years"),
    [
        (date(2020, 2, 29), date(2025, 2, 28), 4),
        (date(2020, 2, 29), date(2025, 3, 1), 5),
        (date(2020, 2, 29), date(2024, 2, 29), 4),
        (date(2026, 3, 10), date(2026, 3, 10), 0),
    ],
)
def test_full_years_count_the_anniversary(since: date, on: date, years: int) -> None:
    assert full_years(since, on) == years


class TestContent:
    @pytest.mark.parametrize("code", sorted(_seeds()))
    def test_of_every_seed_is_sound_and_complete_in_english(self, code: str) -> None:
        service = _seeds()[code]
        check_content(service)

        english = in_language(service, "en")
        for step, chinese in zip(english["steps"], service["steps"], strict=True):
            assert step["title"] == chinese["title_en"]
        for shown in (english["name"], english["summary"], english["preparation"]):
            assert shown.isascii(), shown

    def test_measures_the_one_whose_record_it_goes_into(self) -> None:
        """What a step measures is filed as hers: 3.4 kg are no weight of a mother."""
        baby_s = [
            (code, step["key"])
            for code, service in _seeds().items()
            for step in service["steps"]
            if step.get("codes") and ("baby" in step["key"] or "宝宝" in step["title"])
        ]
        assert baby_s == []
        form = _seeds()["postpartum_newborn_visit"]["record_form"]
        assert {"baby_weight_kg", "baby_temp_c"} <= set(form["required"])

    def test_of_the_seeds_is_about_fifteen_services_in_every_mode(self) -> None:
        assert len(_seeds()) >= 15
        assert {service["mode"] for service in _seeds().values()} == {"home", "clinic", "online"}
        assert _seeds()["assisted_bath"]["people_needed"] == 2

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": ""}, "name"),
            ({"duration_minutes": 0}, "duration_minutes"),
            ({"mode": "moon"}, "mode"),
            ({"record_form": {"type": "nothing"}}, "record_form.type"),
            ({"record_form": {"type": "array"}}, "record_form.type"),
            ({"record_form": {"type": "object", "required": ["x"]}}, "record_form.required"),
            ({"requires": requires(min_years=4)}, "requires.min_years"),
            ({"requires": requires(titles_at_least={"nurse": "护士"})}, "requires.titles_at_least.nurse"),
            ({"requires": requires(titles_at_least={})}, "requires.titles_at_least.nurse"),
            ({"requires": requires(kinds=["nurse", "health_worker"])}, "requires.kinds"),
            ({"requires": requires(certificates=["magic"])}, "requires.certificates"),
            ({"requires": requires(licensed=False)}, "requires.licensed"),
            ({"tier": "T2", "needs_order": False}, "needs_order"),
            (
                {"steps": [{"key": "a", "title": "量", "critical": True, "evidence": "reading"}]},
                "steps.0.codes",
            ),
            (
                {
                    "steps": [
                        {"key": "a", "title": "量", "critical": True, "evidence": "reading", "codes": ["0-0"]}
                    ]
                },
                "steps.0.codes",
            ),
            (
                {"steps": [{"key": "a", "title": "一", "critical": True, "evidence": "none"}] * 2},
                "steps.0.key",
            ),
        ],
    )
    def test_is_refused_by_name_of_what_is_wrong(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(ServiceInvalid) as refusal:
            check_content(content(**changes))

        assert field in refusal.value.fields

    def test_has_one_digest_in_whatever_order(self) -> None:
        assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
