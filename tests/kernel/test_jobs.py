from anjia.kernel.jobs import each


class TestEach:
    def test_one_that_fails_holds_up_no_other(self) -> None:
        done = []

        def work(number: int) -> None:
            if number == 1:
                raise ValueError("broken")
            done.append(number)

        each([0, 1, 2], work)
        assert done == [0, 2]
