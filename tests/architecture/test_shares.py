from anjia.machine.environment import CHECKOUT
from tests.shares import LONGEST_FIRST, WHOLE, rank_of, share_of


class TestShares:
    def test_leave_a_module_whole(self) -> None:
        one, other = (
            share_of(f"tests/visits/test_rules.py::{name}") for name in ("TestA::test_b", "test_c[d::e]")
        )

        assert one == other != share_of("tests/visits/test_commands.py::TestA::test_b")

    def test_leave_a_package_whole_whose_fixtures_take_long(self) -> None:
        cards, pages = (
            share_of(f"tests/browser/{file}::test_a") for file in ("test_cards.py", "test_pages.py")
        )

        assert cards == pages == "tests/browser"

    def test_begin_with_the_longest(self) -> None:
        nodes = ["tests/visits/test_rules.py::test_a", *(f"{long}/test_a.py::test_a" for long in WHOLE)]

        assert sorted(nodes, key=rank_of)[0].startswith("tests/browser/")
        assert sorted(nodes, key=rank_of)[-1] == nodes[0]

    def test_are_of_tests_that_are_there(self) -> None:
        assert [name for name in LONGEST_FIRST if not (CHECKOUT / name).exists()] == []
