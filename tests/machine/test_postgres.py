import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from anjia.machine import backup, children, places, postgres
from anjia.machine.backup import upgrade_database
from anjia.machine.database import environment_of, prepare
from anjia.machine.home import DEMO, REAL, Home
from anjia.machine.places import free_port, is_free, make_place
from anjia.machine.postgres import Cluster
from anjia.machine.steps import Stop, one_sentence
from tests.machine.conftest import AWKWARD, closed_folder, kill
from tests.machine.trail import audit_verdict, run_in, write_entries

DEBIANS = sorted(Path("/usr/lib/postgresql").glob("1[5-7]/bin/initdb"))


@pytest.fixture
def cluster(home: Home) -> Cluster:
    return Cluster(home, for_tests=True)


def say(cluster: Cluster, role: str, words: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url(role), autocommit=True) as connection:
        found = connection.execute(words.encode())
        return found.fetchall() if found.description else []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run one cluster, on an awkward path below a closed folder, for the tests that only look at it."""
    home = Home(closed_folder(tmp_path_factory.mktemp("running")) / AWKWARD)
    home.make(DEMO)
    cluster = Cluster(home, for_tests=True)
    with cluster.running():
        yield cluster
    cluster.remove()


class TestRunningCluster:
    def test_works_on_an_awkward_path_below_a_closed_folder(self, running: Cluster) -> None:
        say(running, "anjia_owner", "CREATE EXTENSION btree_gist; CREATE TABLE cell (name text)")

        assert say(running, "anjia_app", "SELECT current_user, lower('ÄÖ'), 'é' < 'z'") == [
            ("anjia_app", "äö", False)
        ]
        assert len(os.fsencode(running.home.path)) > 100

    def test_has_opened_no_folder_above_it(self, running: Cluster) -> None:
        closed = next(folder for folder in running.home.path.parents if folder.name == "closed")

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(running.data.stat().st_mode) == 0o700

    def test_asks_for_a_password(self, running: Cluster) -> None:
        wrong = running.url("anjia_app").replace(running.home.database_passwords()["anjia_app"], "guess")

        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)

    def test_listens_only_on_this_computer(self, running: Cluster) -> None:
        assert say(running, "postgres", "SHOW listen_addresses") == [("127.0.0.1",)]
        assert say(running, "postgres", "SHOW unix_socket_directories") == [("",)]

    def test_gives_the_application_no_more_than_a_login(self, running: Cluster) -> None:
        rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"

        assert say(running, "anjia_app", rights) == [(False, False, False, False)]

    def test_keeps_what_was_said_out_of_its_log(self, running: Cluster) -> None:
        add = "INSERT INTO phone VALUES ('13800138000')"
        say(running, "anjia_owner", f"CREATE TABLE phone (number text UNIQUE); {add}")

        with pytest.raises(psycopg.errors.UniqueViolation):
            say(running, "anjia_owner", add)

        assert "13800138000" not in running.log.read_text()


class TestCluster:
    def test_starts_again_with_everything_after_it_was_killed(self, home: Home) -> None:
        cluster = Cluster(home)
        cluster.make()
        killed = cluster.start()
        cluster.set_roles()
        say(cluster, "anjia_owner", "CREATE TABLE kept AS SELECT 1 AS number")
        kill(killed.pid)
        killed.wait()

        again = cluster.start()
        try:
            assert say(cluster, "anjia_owner", "SELECT number FROM kept") == [(1,)]
        finally:
            children.stop(again, children.FAST, 5)

    def test_stops_one_that_has_outlived_its_server(self, cluster: Cluster) -> None:
        cluster.make()
        leftover = cluster.start()

        again = cluster.start()
        try:
            assert leftover.wait(1) == 0
            assert again.poll() is None
        finally:
            children.stop(again, children.FAST, 5)

    def test_takes_another_port_when_its_own_is_taken(self, cluster: Cluster) -> None:
        with cluster.running():
            taken = cluster.port
            assert not is_free(taken)
            cluster.make()
            assert cluster.port != taken
            cluster.home.write_state(port=taken)

    def test_refuses_a_full_disk_in_one_sentence(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(places, "NEEDED", shutil.disk_usage("/").total * 2)

        sentence = f"^anjia: the disk is full: 300 MB are needed at {cluster.home.path}.$"
        with pytest.raises(SystemExit, match=sentence), one_sentence():
            cluster.make()

    def test_needs_room_where_its_data_will_be(
        self, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = tmp_path / "full"
        full.mkdir()
        usage = shutil.disk_usage("/")
        monkeypatch.setattr(
            shutil, "disk_usage", lambda path: usage._replace(free=0 if path == full else places.NEEDED)
        )

        with pytest.raises(OSError, match="No space left"):
            places.check_space(cluster.home.path, full / "postgresql")

    def test_is_waited_for_while_it_recovers(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = [postgres.STARTING_UP] * 20 + [postgres.ACCEPTING]
        monkeypatch.setattr(postgres, "START_WITHIN", 0.3)  # less than the answers take
        monkeypatch.setattr(Cluster, "_asked", lambda self, port: answers.pop(0))
        cluster.make()

        process = cluster.start()
        try:
            assert process.poll() is None
            assert answers == []
        finally:
            children.stop(process, children.FAST, 5)

    def test_is_not_waited_for_while_it_says_nothing(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres, "START_WITHIN", 0.1)
        monkeypatch.setattr(postgres, "RETRY_WITHIN", 0.0)
        monkeypatch.setattr(Cluster, "_asked", lambda self, port: 2)
        cluster.make()

        with pytest.raises(Stop, match="PostgreSQL does not start"):
            cluster.start()

    def test_refuses_the_data_of_an_older_version_and_says_what_to_do(self, cluster: Cluster) -> None:
        cluster.data.mkdir(parents=True)
        (cluster.data / "PG_VERSION").write_text("17\n")

        with pytest.raises(
            Stop, match=r"PostgreSQL 17, this version of Anjia brings 18: .* upgrade_database"
        ):
            cluster.make()

    @pytest.mark.skipif(os.geteuid() != 0, reason="another user's cluster lies in the data folder itself")
    def test_refuses_a_copy_of_a_data_folder_but_not_one_that_was_moved(self, cluster: Cluster) -> None:
        cluster.make()
        copy = Home(cluster.home.path.with_name("copy"))
        shutil.copytree(cluster.home.path, copy.path)
        with pytest.raises(Stop, match="is a copy of"):
            Cluster(copy).make()

        shutil.rmtree(cluster.home.path)
        Cluster(copy).make()
        assert Cluster(copy).place == cluster.place

    @pytest.mark.skipif(os.geteuid() != 0, reason="another user's cluster lies in the data folder itself")
    def test_does_not_throw_away_real_data_whose_keys_are_gone(self, cluster: Cluster) -> None:
        (cluster.home.path / "kind").write_text(REAL)
        cluster.make()
        shutil.rmtree(cluster.home.path)
        cluster.home.make(REAL)

        with pytest.raises(Stop, match="its keys are gone"):
            Cluster(cluster.home).make()


class TestPorts:
    def test_are_free_and_below_those_of_outgoing_connections(self) -> None:
        port = free_port()

        assert is_free(port)
        assert 20000 <= port < 32000


@pytest.mark.skipif(not DEBIANS, reason="there is no older PostgreSQL here to upgrade from")
class TestUpgradeDatabase:
    @pytest.fixture
    def old(self, cluster: Cluster) -> Cluster:
        """Make the data of an older version, with its programs beside it, as that version has left them."""
        version = DEBIANS[0].parents[1].name
        make_place(cluster.place)
        old = Cluster(cluster.home, for_tests=True, version=f"{version}.0")
        install = old.programs["x"].parents[1]
        install.parent.mkdir(parents=True)
        install.symlink_to(DEBIANS[0].parents[1])
        data, password = cluster.place / "data", cluster.place / "password"
        data.mkdir()
        password.write_text(cluster.home.database_passwords()["postgres"])
        if cluster.user:
            os.chown(data, *cluster.user)
            os.chown(password, *cluster.user)
        access = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}"]
        old.run("initdb", "-D", str(data), *access, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        return old

    @pytest.fixture
    def bare(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let what is carried over be taken as it is: its migrations and its trail are another test's."""
        monkeypatch.setattr(backup, "prepare", lambda what, environment: None)

    @pytest.mark.usefixtures("bare")
    def test_carries_every_row_over(self, old: Cluster, cluster: Cluster) -> None:
        self.fill(old)

        upgrade_database(cluster.home)

        self.check_filled(cluster)
        with cluster.running():
            assert str(say(cluster, "postgres", "SHOW server_version")[0][0]).startswith("18")

    def test_keeps_the_audit_trail_whole(self, old: Cluster, cluster: Cluster) -> None:
        with old.running():
            environment = environment_of(cluster.home, old.environment())
            prepare("migrations", environment)
            run_in(environment, write_entries(3, seal=True))
            run_in(environment, write_entries(2, seal=False))

        upgrade_database(cluster.home)

        with cluster.running():
            said = audit_verdict(environment_of(cluster.home, cluster.environment()))
        assert said == "5 entries in 2 seals are whole; 0 wait for the next seal."

    @pytest.mark.usefixtures("bare")
    def test_leaves_the_old_data_where_it_was_when_it_fails(
        self, old: Cluster, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fill(old)
        with monkeypatch.context() as patch:
            patch.setattr(backup, "prepare", fail)
            with pytest.raises(Stop, match="on purpose"):
                upgrade_database(cluster.home)

        assert [path.name for path in cluster.place.glob("data*")] == ["data"]
        upgrade_database(cluster.home)
        self.check_filled(cluster)

    @pytest.mark.usefixtures("bare")
    def test_can_be_killed_at_any_moment(
        self, old: Cluster, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The worst one: the new data is complete, the old is out of the way already."""
        self.fill(old)
        with monkeypatch.context() as patch:
            patch.setattr(Cluster, "take_place", broken_off(Cluster.take_place))
            with pytest.raises(Stop, match="on purpose"):
                upgrade_database(cluster.home)
        assert not cluster.data.exists()

        self.check_filled(cluster)
        with pytest.raises(Stop, match="nothing to do"):
            upgrade_database(cluster.home)

    def fill(self, old: Cluster) -> None:
        with old.running():
            words = "SELECT n, '安' || n AS word FROM generate_series(1, 500) n"
            say(old, "anjia_owner", f"CREATE TABLE kept AS {words}")

    def check_filled(self, cluster: Cluster) -> None:
        with cluster.running():
            assert say(cluster, "anjia_owner", "SELECT count(*), max(word) FROM kept") == [(500, "安99")]


def fail(*ignored: object) -> None:
    raise Stop("on purpose")


def broken_off(
    take_place: Callable[[Cluster, Cluster, Path], None],
) -> Callable[[Cluster, Cluster, Path], None]:
    """Return the same, but broken off before its last step."""

    def until_the_last(self: Cluster, new: Cluster, aside: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Cluster, "finish_upgrade", fail)
            take_place(self, new, aside)

    return until_the_last
