from tests.browser.secrets import secrets_in


class TestSecrets:
    def test_are_found_in_whatever_a_log_may_say(self) -> None:
        said = (
            "POST /console/residents?text=19900000101 200\n"
            "DETAIL: Key (number)=(11010519491231002X) already exists\n"
            "visit of 张桂芳 at 清溪区莲花巷31号"
        )

        assert secrets_in(said, {"张桂芳", "李静"}) == {
            "19900000101",
            "11010519491231002X",
            "张桂芳",
            "清溪区莲花巷31号",
        }

    def test_are_not_ids_or_times(self) -> None:
        said = '{"topic": "board", "id": "01938a7c-1380-7013-8001-138001380001"} 1764110000000 in 1.38 s'

        assert secrets_in(said, {"张桂芳"}) == set()
