"""The signature is that of Amazon's examples; a bucket that misbehaves costs nobody a photo, or more than seconds."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from anjia.integrations import outgoing
from anjia.integrations.errors import Misconfigured, Temporary
from anjia.integrations.s3 import bucket as buckets
from anjia.integrations.s3 import client
from anjia.integrations.s3.bucket import Bucket, key_of
from anjia.integrations.s3.client import S3
from anjia.integrations.s3.signing import Credentials, signed
from anjia.kernel.storage import FilesAway
from tests.integrations.s3_standin import CREDENTIALS, StandIn, standing_in

# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = {"host": "examplebucket.s3.amazonaws.com"}
AT = datetime(2013, 5, 24, tzinfo=UTC)
SOON = 5.0  # seconds


@pytest.fixture
def there() -> Iterator[StandIn]:
    with standing_in() as bucket:
        yield bucket


@pytest.fixture
def s3(there: StandIn) -> Iterator[S3]:
    with outgoing.client(httpx.Timeout(20)) as http:
        yield S3(there.url, "anjia-files", CREDENTIALS, http=http)


@pytest.fixture
def in_a_hurry(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a silent bucket for less than its users do; what is to succeed takes its time on a slow computer."""
    monkeypatch.setattr(client, "WITHIN", 0.5)
    s3.http.timeout = httpx.Timeout(0.4)


@pytest.fixture
def bucket(s3: S3) -> Bucket:
    return Bucket(s3)


class TestSignature:
    @pytest.mark.parametrize(
        ("method", "path", "query", "headers", "body", "signature"),
        [
            (
                "GET",
                "/test.txt",
                {},
                {"range": "bytes=0-9"},
                b"",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
            (
                "PUT",
                "/test$file.text",
                {},
                {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
                b"Welcome to Amazon S3.",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            ),
            (
                "GET",
                "/",
                {"lifecycle": ""},
                {},
                b"",
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            ),
            (
                "GET",
                "/",
                {"max-keys": "2", "prefix": "J"},
                {},
                b"",
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            ),
        ],
    )
    def test_is_that_of_amazons_examples(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        headers: dict[str, str],
        body: bytes,
        signature: str,
    ) -> None:
        found = signed(EXAMPLE, AT, method, path, query, HOST | headers, body)

        assert found["authorization"].endswith(f"Signature={signature}")


class TestS3:
    def test_gives_back_what_was_put_and_lists_all_of_it(self, there: StandIn, s3: S3) -> None:
        kept = {f"files/{number:02}/photo {number}&.jpg": bytes([number]) * 100_000 for number in range(5)}
        for key, body in kept.items():
            s3.put(key, body)

        assert {key: s3.get(key) for key in s3.keys("files/")} == kept
        s3.delete("files/00/photo 0&.jpg")
        with pytest.raises(FileNotFoundError):
            s3.get("files/00/photo 0&.jpg")

    def test_asks_once_more_when_it_is_busy(self, there: StandIn, s3: S3) -> None:
        there.behaves = ["503"]
        s3.put("files/a", b"a")
        there.behaves = ["hangs up"]

        assert s3.get("files/a") == b"a"

    @pytest.mark.usefixtures("in_a_hurry")
    @pytest.mark.parametrize(
        "manner", [["silent"], ["trickles"], ["503", "503"], ["hangs up", "hangs up"], ["500", "silent"]]
    )
    def test_says_within_its_time_that_it_may_work_later(
        self, manner: list[str], there: StandIn, s3: S3
    ) -> None:
        there.behaves = manner
        began = time.monotonic()

        with pytest.raises(Temporary):
            s3.get("files/a")
        assert time.monotonic() - began < SOON

    def test_says_that_somebody_has_to_change_the_settings(self, there: StandIn, s3: S3) -> None:
        wrong_key = S3(there.url, "anjia-files", Credentials("key", "other", "test-1"), http=s3.http)
        wrong_bucket = S3(there.url, "others", CREDENTIALS, http=s3.http)

        for one in (wrong_key, wrong_bucket):
            with pytest.raises(Misconfigured):
                one.put("files/a", b"a")
        assert there.objects == {}

    def test_puts_the_buckets_name_before_the_host_where_that_is_wanted(self) -> None:
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return httpx.Response(200)

        with httpx.Client(transport=httpx.MockTransport(answer)) as http:
            S3("https://oss.example", "files", CREDENTIALS, by_host=True, http=http).put("a/b", b"a")

        assert str(asked[0].url) == "https://files.oss.example/a/b"
        assert asked[0].headers["host"] == "files.oss.example"


class TestBucket:
    def test_keeps_files_by_their_ids(self, there: StandIn, bucket: Bucket) -> None:
        ids = {uuid4() for _ in range(5)}
        for file_id in ids:
            bucket.put(file_id, file_id.bytes)
        for name in ("readme", f"of/{'x' * 32}", f"copies/{min(ids).hex}"):
            there.objects[f"files/{name}"] = b"of somebody else"

        assert sorted(bucket.ids()) == sorted(ids)
        assert all(bucket.get(file_id) == file_id.bytes for file_id in ids)
        assert key_of(UUID(int=0x1F)) == f"files/1f/{0x1F:032x}"

    def test_is_left_alone_after_it_was_silent(self, there: StandIn, bucket: Bucket) -> None:
        there.behaves = ["503", "503"]
        with pytest.raises(FilesAway):
            bucket.put(uuid4(), b"a")
        asked = len(there.asked)

        with pytest.raises(FilesAway):
            bucket.put(uuid4(), b"a")
        assert len(there.asked) == asked
        bucket.alone_until -= buckets.LEFT_ALONE
        bucket.put(uuid4(), b"a")

    @pytest.mark.usefixtures("in_a_hurry")
    @pytest.mark.parametrize("queue_for", [0.1, 5.0])
    def test_is_waited_for_by_some_only(
        self, queue_for: float, there: StandIn, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither who gives up waiting for a turn asks it, nor whose turn comes when it is known to be silent."""
        monkeypatch.setattr(buckets, "QUEUE_FOR", queue_for)
        there.behaves, told = ["silent"] * 20, []

        def ask() -> None:
            with pytest.raises(FilesAway):
                bucket.get(uuid4())
            told.append(time.monotonic())

        everybody = [threading.Thread(target=ask) for _ in range(20)]
        began = time.monotonic()
        for one in everybody:
            one.start()
        for one in everybody:
            one.join()

        assert len(told) == 20
        assert len(there.asked) <= buckets.AT_ONCE
        assert max(told) - began < SOON
