import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the data folder says that the tests were started with."""
    monkeypatch.setattr(settings, "IS_DEMO", False)
    monkeypatch.setattr(settings, "CODE_SENDER", "anjia.integrations.sms.local.NotSent")
