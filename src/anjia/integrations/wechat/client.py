"""
The real client of WeChat's code2session.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
The session key is thrown away at once: we decrypt nothing with it.
"""

from dataclasses import dataclass
from typing import Any, Final

import httpx
from django.conf import settings

from anjia.integrations import outgoing
from anjia.integrations.errors import Misconfigured, NotConnected, Permanent, Temporary

TIMEOUT: Final = httpx.Timeout(5, connect=3)
TEMPORARY: Final = frozenset({-1, 45011, 50001})  # busy; too often; not now
# Our app, our secret, our standing.
OURS: Final = frozenset({40001, 40013, 40125, 41002, 41004, 40226, 48001})


@dataclass(frozen=True, slots=True)
class WechatClient:
    app_id: str
    app_secret: str
    api: str = "https://api.weixin.qq.com"

    def openid_of(self, code: str) -> str:
        """
        Return the openid that WeChat gives for a login code, which is good for five minutes and once.

        :raises Permanent: if the code is not good (40029), or has been used (40163)
        :raises Misconfigured: if our app or its secret are not good, or the user is blocked
        :raises Temporary: if WeChat is busy, slow or not to be reached
        """
        said = self._get(
            "/sns/jscode2session",
            appid=self.app_id,
            secret=self.app_secret,
            js_code=code,
            grant_type="authorization_code",
        )
        openid = said.get("openid")
        if not isinstance(openid, str) or not openid:
            raise Temporary("no_openid")
        return openid

    def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        try:
            with outgoing.client(TIMEOUT) as client:
                response = client.get(self.api + path, params=parameters)
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None  # the message would hold the secret
        if response.status_code != 200:
            raise Temporary(f"http_{response.status_code}")
        try:
            said = response.json()
        except ValueError:
            raise Temporary("not_json") from None
        if not isinstance(said, dict):
            raise Temporary("not_json")
        return refused_or(said)


def refused_or(said: dict[str, Any]) -> dict[str, Any]:
    code = int(said.get("errcode") or 0)
    if code == 0:
        return said
    if code in TEMPORARY:
        raise Temporary(str(code))
    if code in OURS:
        raise Misconfigured(str(code))
    raise Permanent(str(code))


def from_settings() -> WechatClient:
    """:raises NotConnected: if this installation has no mini program of its own"""
    if not (settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET):
        raise NotConnected("no_app")
    return WechatClient(settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET, settings.WECHAT_API)
