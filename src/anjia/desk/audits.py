"""Audit entries as people read them: names for ids, words for actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.actors import NOBODY
from anjia.kernel.errors import Words
from anjia.kernel.models import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    at: datetime
    actor_id: UUID
    actor: str
    for_whom: str  # the resident whom the actor spoke for, if that is somebody else
    action: str
    words: str
    fields: list[str]
    subject_id: UUID


def lines_of(
    entries: Iterable[AuditEntry], *, names: Mapping[UUID, str], residents: Mapping[UUID, str]
) -> list[Line]:
    return [
        Line(
            at=entry.occurred_at,
            actor_id=entry.actor_id,
            actor=_("系统") if entry.actor_id == NOBODY else names.get(entry.actor_id, _("不在本机构")),
            for_whom=spoken_for(entry, names, residents),
            action=entry.action,
            words=words_of(entry.action),
            fields=entry.fields,
            subject_id=entry.subject_id,
        )
        for entry in entries
    ]


def spoken_for(entry: AuditEntry, names: Mapping[UUID, str], residents: Mapping[UUID, str]) -> str:
    name = residents.get(entry.for_resident, "") if entry.for_resident else ""
    return "" if name == names.get(entry.actor_id) else name


def words_of(action: str) -> str:
    """Say an action in words: the thing, and what was done to it; its name where we have no words."""
    _context, _dot, rest = action.partition(".")
    thing, _dot, deed = rest.rpartition(".")
    if thing in THINGS and deed in DEEDS:
        return _("{thing}：{deed}").format(thing=THINGS[thing], deed=DEEDS[deed])
    return rest.replace("_", " ").replace(".", " ")


THINGS: Final[Mapping[str, Words]] = {
    "account": gettext_lazy("账号"),
    "address": gettext_lazy("住址"),
    "area": gettext_lazy("服务片区"),
    "assignment": gettext_lazy("派单"),
    "call": gettext_lazy("电话"),
    "card": gettext_lazy("家庭服务卡"),
    "conflict": gettext_lazy("要核对的记录"),
    "consent": gettext_lazy("同意书"),
    "facts": gettext_lazy("现场记录"),
    "file": gettext_lazy("文件"),
    "grant": gettext_lazy("家人授权"),
    "leave": gettext_lazy("请假"),
    "list": gettext_lazy("名单"),
    "message": gettext_lazy("消息"),
    "notification": gettext_lazy("通知"),
    "offer": gettext_lazy("邀约"),
    "organization": gettext_lazy("机构"),
    "password": gettext_lazy("密码"),
    "pattern": gettext_lazy("每周班次"),
    "qualification": gettext_lazy("证书"),
    "readings": gettext_lazy("测量值"),
    "recipient": gettext_lazy("联系方式"),
    "referral": gettext_lazy("出院转介"),
    "resident": gettext_lazy("居民"),
    "role": gettext_lazy("岗位"),
    "scan": gettext_lazy("扫码登录"),
    "service": gettext_lazy("服务"),
    "services": gettext_lazy("服务目录"),
    "session": gettext_lazy("登录"),
    "shift": gettext_lazy("班"),
    "shifts": gettext_lazy("排班"),
    "sign_in": gettext_lazy("登录尝试"),
    "slip": gettext_lazy("开通单"),
    "slips": gettext_lazy("开通单"),
    "staff": gettext_lazy("人员"),
    "target": gettext_lazy("个人目标"),
    "totp": gettext_lazy("动态码"),
    "version": gettext_lazy("服务版本"),
    "visit": gettext_lazy("上门"),
    "wechat": gettext_lazy("微信"),
}
DEEDS: Final[Mapping[str, Words]] = {
    "abandoned": gettext_lazy("放弃了"),
    "accepted": gettext_lazy("接了"),
    "added": gettext_lazy("加了"),
    "asked": gettext_lazy("申请了"),
    "assigned": gettext_lazy("派了人"),
    "bound": gettext_lazy("绑上了"),
    "cancelled": gettext_lazy("取消了"),
    "changed": gettext_lazy("改了"),
    "closed": gettext_lazy("关了"),
    "confirmed": gettext_lazy("确认了"),
    "declined": gettext_lazy("没接"),
    "ended": gettext_lazy("退出了"),
    "enrolled": gettext_lazy("设好了"),
    "founded": gettext_lazy("建了"),
    "generated": gettext_lazy("排了"),
    "given": gettext_lazy("给了"),
    "granted": gettext_lazy("批了"),
    "held": gettext_lazy("先留了时间"),
    "imported": gettext_lazy("导入了"),
    "leaves": gettext_lazy("离职"),
    "linked": gettext_lazy("关联了"),
    "locked": gettext_lazy("锁屏了"),
    "logged": gettext_lazy("记了结果"),
    "made": gettext_lazy("做了"),
    "missed": gettext_lazy("没人上门"),
    "moved": gettext_lazy("改了时间"),
    "opened": gettext_lazy("开了"),
    "promised": gettext_lazy("约好了"),
    "published": gettext_lazy("发布了"),
    "put": gettext_lazy("排上了"),
    "rated": gettext_lazy("评了"),
    "read": gettext_lazy("读了"),
    "received": gettext_lazy("接住了"),
    "recorded": gettext_lazy("记了"),
    "refused": gettext_lazy("没通过"),
    "registered": gettext_lazy("登记了"),
    "released": gettext_lazy("放掉了"),
    "removed": gettext_lazy("去掉了"),
    "replaced": gettext_lazy("换了"),
    "reset": gettext_lazy("重设了"),
    "revealed": gettext_lazy("看了遮住的号码"),
    "seeded": gettext_lazy("放进了自带的"),
    "sent": gettext_lazy("送出了"),
    "sent_again": gettext_lazy("又发了一次"),
    "set": gettext_lazy("设了"),
    "settled": gettext_lazy("核对了"),
    "started": gettext_lazy("进来了"),
    "stored": gettext_lazy("存了"),
    "switched": gettext_lazy("换了机构"),
    "taken": gettext_lazy("收回了"),
    "taken_back": gettext_lazy("收回了"),
    "unbound": gettext_lazy("解绑了"),
    "unclaimed": gettext_lazy("没人接"),
    "unlock_refused": gettext_lazy("解锁没通过"),
    "unlocked": gettext_lazy("解锁了"),
    "uploaded": gettext_lazy("上传了"),
    "used": gettext_lazy("用了"),
    "verified": gettext_lazy("核过原件"),
    "withdrawn": gettext_lazy("撤回了"),
    "witnessed": gettext_lazy("第二人看过"),
}
