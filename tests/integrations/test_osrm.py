"""Our client against the stand-in, and against what OSRM's own documentation shows."""

import logging
from collections.abc import Iterator
from itertools import repeat

import httpx
import pytest

from anjia.integrations.errors import Misconfigured, OutsideError, Permanent, Temporary
from anjia.integrations.osrm import standin as standins
from anjia.integrations.osrm.client import Osrm, table_in
from anjia.integrations.osrm.standin import Standin

GATE, LAKE, HILL = (39.90, 116.40), (39.90, 116.45), (39.95, 116.40)

# The answer to .../table/v1/driving/13.388860,52.517037;13.397634,52.529407;13.428555,52.523219?sources=0 and
# its 2 x 3 sister, as https://project-osrm.org/docs/v5.24.0/api/#table-service prints them.
DOCUMENTED = {
    "code": "Ok",
    "sources": [
        {"location": [13.3888, 52.517033], "hint": "", "name": "Friedrichstraße", "distance": 4.2},
        {"location": [13.397631, 52.529432], "hint": "", "name": "Torstraße", "distance": 2.8},
    ],
    "durations": [[192.6, 382.8, 0], [0, 265.6, 187.1]],
    "destinations": [{"location": [13.397631, 52.529432], "hint": "", "name": "Torstraße", "distance": 2.8}],
}


@pytest.fixture
def osrm() -> Iterator[Standin]:
    with Standin() as standin:
        yield standin


def refused(
    osrm: Standin, path: str = "", *, end: tuple[float, float] = LAKE
) -> tuple[type[OutsideError], str]:
    with pytest.raises(OutsideError) as was:
        Osrm(osrm.url + path, http=httpx.Client(timeout=0.3)).table([GATE], [end])
    return type(was.value), was.value.code


class TestTable:
    def test_is_read_as_it_is_documented(self) -> None:
        answer = httpx.Response(200, json=DOCUMENTED)

        assert table_in(answer, rows=2, columns=3) == [[192.6, 382.8, 0.0], [0.0, 265.6, 187.1]]

    def test_says_how_long_each_way_takes(self, osrm: Standin) -> None:
        found = Osrm(osrm.url).table([GATE, LAKE], [GATE, HILL, LAKE])

        east, north = found[0][2] or 0, found[0][1] or 0
        assert found[0][0] == found[1][2] == 0
        assert east == pytest.approx(4.265 * 240, abs=1)  # km at 15 km/h
        assert north == pytest.approx(5.560 * 240, abs=1)
        assert found[1][1] == pytest.approx(north + east, abs=1)

    def test_is_asked_for_in_pieces_that_osrm_takes(self, osrm: Standin) -> None:
        places = [(39.9 + one / 1000, 116.4) for one in range(120)]

        found = Osrm(osrm.url).table(places, places)

        assert max(osrm.asked) <= osrm.most_places
        assert [found[one][one] for one in range(120)] == [0.0] * 120
        assert found[119][0] == found[0][119] == pytest.approx(119 * 0.111195 * 240, rel=0.01)

    def test_of_nothing_is_asked_of_nobody(self, osrm: Standin) -> None:
        assert Osrm(osrm.url).table([], [GATE]) == []
        assert Osrm(osrm.url).table([GATE], []) == [[]]
        assert osrm.asked == []

    def test_knows_no_time_where_no_road_leads(self, osrm: Standin) -> None:
        osrm.no_road_to.add((HILL[1], HILL[0]))

        assert Osrm(osrm.url).table([GATE], [HILL, GATE]) == [[None, 0.0]]


class TestRefusals:
    def test_of_a_place_that_is_nowhere_near_a_road(self, osrm: Standin) -> None:
        osrm.nowhere.add((116.45, 39.9))

        assert refused(osrm, end=LAKE) == (Permanent, "NoSegment")

    def test_of_a_place_that_is_none(self, osrm: Standin) -> None:
        assert refused(osrm, end=(95.0, 116.4)) == (Permanent, "InvalidValue")

    def test_of_a_server_that_takes_less_at_once(self, osrm: Standin) -> None:
        osrm.most_places = 1

        assert refused(osrm) == (Misconfigured, "TooBig")

    def test_of_an_address_that_is_not_its(self, osrm: Standin) -> None:
        assert refused(osrm, "/route/v1/car/x") == (Misconfigured, "InvalidUrl")


class TestSilence:
    def test_of_a_slow_server(self, osrm: Standin) -> None:
        osrm.seconds_slow = 1

        assert refused(osrm) == (Temporary, "ReadTimeout")

    def test_of_a_proxy_in_front_of_it(self, osrm: Standin) -> None:
        osrm.answers_html = True

        assert refused(osrm) == (Temporary, "not_json")

    def test_of_one_that_is_not_there(self) -> None:
        with Standin() as gone:
            pass

        assert refused(gone) == (Temporary, "ConnectError")

    def test_of_an_answer_that_is_cut_short(self, osrm: Standin) -> None:
        osrm.answers_short = True

        assert refused(osrm) == (Temporary, "not_a_table")

    @pytest.mark.parametrize("time", ["12", -1.0, True, [3]])
    def test_of_times_that_are_none(self, time: object) -> None:
        with pytest.raises(Temporary):
            table_in(httpx.Response(200, json={"code": "Ok", "durations": [[time]]}), rows=1, columns=1)

    @pytest.mark.parametrize("number", ["1e300", "1e12", f"1{'0' * 400}", "NaN", "Infinity"])
    def test_of_ways_that_never_end(self, number: str) -> None:
        answer = httpx.Response(200, text=f'{{"code": "Ok", "durations": [[{number}]]}}')
        with pytest.raises(Temporary, match="not_a_table"):
            table_in(answer, rows=1, columns=1)

    def test_of_an_answer_that_is_nested_without_end(self) -> None:
        with pytest.raises(Temporary, match="not_json"):
            table_in(httpx.Response(200, text="[" * 200_000), rows=1, columns=1)

    @pytest.mark.parametrize(
        ("piece", "within", "code"), [(b" " * 100_000, 3600.0, "too_long"), (b" ", 0.0, "too_slow")]
    )
    def test_of_one_who_goes_on_talking(self, piece: bytes, within: float, code: str) -> None:
        def endless(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=repeat(piece))

        http = httpx.Client(transport=httpx.MockTransport(endless))
        with pytest.raises(Temporary, match=code):
            Osrm("http://osrm.example", http=http, answers_within=within).table([GATE], [LAKE])

    def test_of_an_address_that_is_none(self) -> None:
        with pytest.raises(Misconfigured, match="InvalidUrl"):
            Osrm("http://[::1", http=httpx.Client()).table([GATE], [LAKE])

    @pytest.mark.parametrize("said", [[], {}, {"code": 7}, "Ok"])
    def test_of_an_answer_that_is_no_osrms(self, said: object) -> None:
        with pytest.raises(Temporary):
            table_in(httpx.Response(200, json=said), rows=1, columns=1)

    def test_tells_no_log_where_people_live(self, osrm: Standin, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        osrm.answers_html = True
        refused(osrm)

        assert "116.4" not in caplog.text


class TestTheStandInOfADemo:
    def test_answers_and_is_away_for_ten_minutes_of_each_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(standins, "minute_of_the_hour", lambda: 10)
        osrm = Osrm(standins.local(13))
        assert osrm.table([GATE], [LAKE])[0][0]
        assert standins.local(13) == osrm.url

        monkeypatch.setattr(standins, "minute_of_the_hour", lambda: 55)
        with pytest.raises(Temporary):
            osrm.table([GATE], [LAKE])
