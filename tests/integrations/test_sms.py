from collections.abc import Iterator

import pytest

from anjia.integrations.errors import Misconfigured, OutsideError, Permanent, Temporary
from anjia.integrations.sms.aliyun import AliyunSms, authorization
from anjia.integrations.sms.standin import Standin


@pytest.fixture
def aliyun() -> Iterator[Standin]:
    with Standin(key_id="id", key_secret="secret", sign_name="安家", template_code="SMS_1") as standin:
        yield standin


def sender(aliyun: Standin, **changes: str) -> AliyunSms:
    sound = {
        "access_key_id": "id",
        "access_key_secret": "secret",
        "sign_name": "安家",
        "template_code": "SMS_1",
    }
    return AliyunSms(**sound | changes, api=aliyun.url)


def refused(aliyun: Standin, phone: str = "13800138000", **changes: str) -> tuple[type[OutsideError], str]:
    with pytest.raises(OutsideError) as refusal:
        sender(aliyun, **changes).send(phone, "123456")
    return type(refusal.value), refusal.value.code


def test_signs_as_aliyuns_own_example_does() -> None:
    """The fixed values of Aliyun's page on V3 signatures."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}

    signed = authorization(
        "POST", "/", query, headers, key_id="YourAccessKeyId", key_secret="YourAccessKeySecret"
    )

    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


class TestSend:
    def test_brings_the_code(self, aliyun: Standin) -> None:
        sender(aliyun).send("13800138000", "123456")

        assert aliyun.sent == [("13800138000", {"code": "123456"})]

    def test_sorts_what_aliyun_refuses(self, aliyun: Standin) -> None:
        assert refused(aliyun, phone="057188886666") == (Permanent, "isv.MOBILE_NUMBER_ILLEGAL")
        assert refused(aliyun, access_key_secret="guess") == (Misconfigured, "SignatureDoesNotMatch")
        assert refused(aliyun, access_key_id="other") == (Misconfigured, "InvalidAccessKeyId.NotFound")
        assert refused(aliyun, sign_name="别家") == (Misconfigured, "isv.SMS_SIGNATURE_ILLEGAL")
        assert refused(aliyun, template_code="SMS_2") == (Misconfigured, "isv.SMS_TEMPLATE_ILLEGAL")

    def test_tries_again_later_when_it_is_asked_too_often(self, aliyun: Standin) -> None:
        for _ in range(10):
            sender(aliyun).send("13800138000", "123456")

        assert refused(aliyun) == (Temporary, "isv.BUSINESS_LIMIT_CONTROL")

    def test_tries_again_later_when_aliyun_is_broken_or_hangs_up(self, aliyun: Standin) -> None:
        aliyun.is_broken = True
        broken = refused(aliyun)
        aliyun.hangs_up = True

        assert broken == (Temporary, "isp.SYSTEM_ERROR")
        assert refused(aliyun)[0] is Temporary

    def test_does_not_try_again_without_money(self, aliyun: Standin) -> None:
        aliyun.has_no_money = True

        assert refused(aliyun) == (Misconfigured, "isv.AMOUNT_NOT_ENOUGH")
