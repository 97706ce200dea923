"""The people of the demo, and what waits for each of them. Names and numbers are made up."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

End = Literal["client", "console"]


PASSWORD: Final = "演示里人人都用这一句"  # the page where people take turns has typed it in already


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    key: str
    name: str
    role: str | Promise
    says: str | Promise
    end: End
    icon: str
    role_code: str
    login: str = ""  # staff sign in with one,
    phone: str = ""  # persons with their telephone, on which staff are told too
    is_out: bool = False  # whose work is in the console, and who answers on her phone too

    @property
    def on_phone(self) -> bool:
        return self.end == "client" or self.is_out


CAST: Final = (
    Card(
        key="resident",
        name="张桂芳",
        role=pgettext_lazy("one of them", "居民"),
        says=_("82 岁，一个人住。看下一次谁来，再约一次，看看自己的血压。"),
        end="client",
        icon="home",
        role_code="resident",
        phone="19900000101",
    ),
    Card(
        key="daughter",
        name="陈晓梅",
        role=_("女儿，在外地"),
        says=_("妈妈同意她替自己约、看记录。今天护士到了没有，她在手机上看。"),
        end="client",
        icon="heart",
        role_code="family",
        phone="19900000102",
    ),
    Card(
        key="nurse",
        name="李静",
        role=_("社区护士"),
        says=_("今天有几家要去，还有一单在等她接。"),
        end="client",
        icon="nurse",
        role_code="nurse",
        login="lijing",
    ),
    Card(
        key="picc",
        name="周岚",
        role=_("PICC 专科护士"),
        says=_("有 PICC 维护证。今天的导管维护归她。"),
        end="client",
        icon="bandage",
        role_code="nurse",
        login="zhoulan",
    ),
    Card(
        key="doctor",
        name="赵文静",
        role=_("家庭医生"),
        says=_("她管的居民里，谁的数不对、谁刚上过门，先看谁。"),
        end="console",
        icon="stethoscope",
        role_code="family_doctor",
        login="zhaowenjing",
        phone="19900000201",
        is_out=True,
    ),
    Card(
        key="dispatcher",
        name="唐敏",
        role=_("调度员"),
        says=_("今天所有的上门：谁在路上，谁可能迟到，哪一单没人接。"),
        end="console",
        icon="route",
        role_code="dispatcher",
        login="tangmin",
        phone="19900000202",
    ),
    Card(
        key="desk",
        name="何佳",
        role=_("服务台"),
        says=_("电话来了：一个框里找到人，替她约、改、取消；明天要打的电话也在。"),
        end="console",
        icon="headset",
        role_code="service_desk",
        login="hejia",
        phone="19900000203",
    ),
    Card(
        key="ward",
        name="孙倩",
        role=_("病区护士"),
        says=_("病人要出院，把后面的护理转给社区，再看看接住了没有。"),
        end="console",
        icon="building-hospital",
        role_code="ward_nurse",
        login="sunqian",
        phone="19900000204",
    ),
    Card(
        key="quality",
        name="方颖",
        role=_("质量管理员"),
        says=_("完成率、满意度，每个数点开就是它数的那几单。"),
        end="console",
        icon="chart-line",
        role_code="quality_manager",
        login="fangying",
        phone="19900000205",
    ),
    Card(
        key="administrator",
        name="林海",
        role=_("管理员"),
        says=_("用户和角色、导入居民和人员名单、审计。"),
        end="console",
        icon="settings",
        role_code="administrator",
        login="linhai",
        phone="19900000206",
    ),
)
CARDS: Final = {card.key: card for card in CAST}


def demo_id(*names: str) -> UUID:
    """Return the id of a thing of the demo: the same in every demo, so that making it twice makes it once."""
    return uuid5(NAMESPACE_URL, "/".join(("anjia-demo", *names)))


def account_id_of(key: str) -> UUID:
    return demo_id("account", key)
