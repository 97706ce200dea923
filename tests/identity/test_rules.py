from datetime import timedelta

import pytest

from anjia.identity.permissions import PERMISSION_WORDS
from anjia.identity.roles import DEFAULT_ROLES, permissions_of
from anjia.identity.rules import (
    check_password,
    device_words,
    limit_words,
    masked,
    masked_phone,
    normal_login,
    normal_phone,
)
from anjia.kernel.errors import Invalid


class TestNormalPhone:
    @pytest.mark.parametrize(
        "typed",
        [
            "13800138000",
            " 138 0013 8000 ",
            "138-0013-8000",
            "+86 13800138000",
            "008613800138000",
            "１３８００１３８０００",
        ],
    )
    def test_takes_it_however_it_was_typed(self, typed: str) -> None:
        assert normal_phone(typed) == "13800138000"

    @pytest.mark.parametrize(
        "typed", ["", "1380013800", "138001380001", "12800138000", "057188886666", "手机"]
    )
    def test_refuses_what_is_none_and_says_what_one_looks_like(self, typed: str) -> None:
        with pytest.raises(Invalid) as refused:
            normal_phone(typed)

        assert "11 位" in refused.value.fields["phone"]


class TestNormalLogin:
    def test_is_lower_case_without_spaces(self) -> None:
        assert normal_login("  LiJing.2 ") == "lijing.2"

    @pytest.mark.parametrize("typed", ["", "a", "李静", "li jing", "-x", "x" * 41])
    def test_refuses_what_is_none(self, typed: str) -> None:
        with pytest.raises(Invalid):
            normal_login(typed)


class TestCheckPassword:
    def test_refuses_the_login_in_it(self) -> None:
        with pytest.raises(Invalid):
            check_password("my-lijing-2026", login="lijing", name="李静")

    def test_takes_a_sentence(self) -> None:
        check_password("松树下第三块石头底下", login="lijing", name="李静")


class TestMasked:
    def test_leaves_the_first_letter(self) -> None:
        assert masked("张桂芳") == "张**"
        assert masked("Anna") == "A**"

    def test_leaves_the_ends_of_a_number(self) -> None:
        assert masked_phone("13800138000") == "138****8000"
        assert masked_phone("110") == "****"


class TestDeviceWords:
    @pytest.mark.parametrize(
        ("user_agent", "words"),
        [
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/99.0 Safari/537.36", "Chrome · Windows"),
            ("Mozilla/5.0 (iPhone; CPU) MicroMessenger/8.0 miniProgram/wx1", "微信小程序 · iPhone"),
            ("Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0", "微信 · Android"),
            ("curl/8", "不认得的设备"),
        ],
    )
    def test_says_what_a_person_would(self, user_agent: str, words: str) -> None:
        assert device_words(user_agent) == words


class TestLimitWords:
    def test_says_seconds_and_then_minutes(self) -> None:
        assert "43 秒" in limit_words(timedelta(seconds=43))
        assert "59 分钟" in limit_words(timedelta(minutes=58, seconds=1))


class TestDefaultRoles:
    def test_only_the_administrator_manages_accounts(self) -> None:
        assert {code for code, role in DEFAULT_ROLES.items() if "identity.manage" in role.permissions} == {
            "administrator"
        }

    def test_who_runs_the_house_reads_no_health_record(self) -> None:
        assert {code for code, role in DEFAULT_ROLES.items() if "records.read" in role.permissions} == {
            *("resident", "family"),
            *("nurse", "family_doctor", "health_worker"),
            "quality_manager",
        }

    def test_say_in_words_whatever_they_may_do(self) -> None:
        assert permissions_of(*DEFAULT_ROLES) == PERMISSION_WORDS.keys()

    def test_let_whoever_is_told_to_ring_a_patient_at_once_see_her_number(self) -> None:
        told = {code for code, role in DEFAULT_ROLES.items() if "desk.worklist" in role.permissions}
        assert told
        assert all("residents.reveal" in DEFAULT_ROLES[code].permissions for code in told)

    def test_are_added_up(self) -> None:
        assert permissions_of("nurse", "service_desk") == permissions_of("nurse") | permissions_of(
            "service_desk"
        )
