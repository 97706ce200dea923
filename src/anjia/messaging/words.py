"""How the call list and the outbox say what happened."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from anjia.kernel.errors import Words
from anjia.messaging.models import Message
from anjia.messaging.rules import BY_HAND, TEMPLATES, TO_BE_ASKED, Channel, State, TemplateIncomplete, filled

CHANNEL_WORDS: Final[Mapping[Channel, Words]] = {
    Channel.WECHAT: gettext_lazy("微信"),
    Channel.SMS: gettext_lazy("短信"),
    Channel.THROUGH: gettext_lazy("请人转告"),
    Channel.PHONE: gettext_lazy("打电话"),
}
STATE_WORDS: Final[Mapping[State, Words]] = {
    State.QUEUED: gettext_lazy("等着发"),
    State.SENT: gettext_lazy("已发出"),
    State.DELIVERED: gettext_lazy("已收到"),
    State.FAILED: gettext_lazy("这条路不通，换了下一条"),
    State.GAVE_UP: gettext_lazy("没有送到"),
}
STATE_TONES: Final[Mapping[State, str]] = {
    State.QUEUED: "idle",
    State.SENT: "info",
    State.DELIVERED: "ok",
    State.FAILED: "warn",
    State.GAVE_UP: "bad",
}
CODES: Final[Mapping[str, Words]] = {
    "phone": gettext_lazy("只接电话"),
    BY_HAND: gettext_lazy("没有回执，要打电话确认对方知道"),
    TO_BE_ASKED: gettext_lazy("这件事要问清楚，只能打电话"),
    "43101": gettext_lazy("微信里没有点允许通知"),
    "40003": gettext_lazy("微信号对不上"),
    "no_app": gettext_lazy("还没有接上微信小程序"),
    "no_key": gettext_lazy("还没有接上短信"),
    "no_template": gettext_lazy("这种消息在对方平台还没有模板"),
    "isv.MOBILE_NUMBER_ILLEGAL": gettext_lazy("不是手机号，收不了短信"),
    "cut_off": gettext_lazy("发到一半断了，不知道到没到"),
    "too_late": gettext_lazy("等到能发时已经用不上了"),
    "overtaken": gettext_lazy("后来变了，这一条不用说了"),
    "no_longer_hers": gettext_lazy("不再替这位居民办事了，没有再发"),
    "wrong_number": gettext_lazy("号码不对"),
    "user block": gettext_lazy("微信里拒收了"),
    "UNDELIV": gettext_lazy("短信没有送到，手机可能关机或停机"),
    "not_delivered": gettext_lazy("对方平台说没有送到"),
}


def why_words(code: str, tried: Sequence[str]) -> str:
    """Say why she has to be called, or why a way failed."""
    said = str(CODES.get(code, _("对方平台没有收下（{code}）").format(code=code)))
    if not tried:
        return said
    ways = _("、").join(str(CHANNEL_WORDS[Channel(one)]) for one in tried)
    return _("{ways}没有送到：{said}").format(ways=ways, said=said)


def title_words(message: Message) -> str:
    """
    Say in the reader's language what a message is about, where she reads another than whom it was written to: its
    title is words of ours. What was written is said as it was, and so is what a template of today cannot say.
    """
    reads, wrote = (
        "en" if one.startswith("en") else "zh" for one in (get_language() or "zh", message.language)
    )
    template = TEMPLATES.get(message.template)
    if reads == wrote or template is None:
        return message.title
    try:
        return filled(template.text(reads).title, message.values)
    except TemplateIncomplete:
        return message.title
