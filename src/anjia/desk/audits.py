"""Audit entries as people read them: names for ids, words for actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

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
    "absence": pgettext_lazy("audit", "来不了的人的上门"),
    "account": pgettext_lazy("audit", "账号"),
    "address": pgettext_lazy("audit", "住址"),
    "appeal": pgettext_lazy("audit", "申诉"),
    "area": pgettext_lazy("audit", "服务片区"),
    "assessment": pgettext_lazy("audit", "首次评估"),
    "assignment": pgettext_lazy("audit", "上门的人"),
    "bag": pgettext_lazy("audit", "包"),
    "backup": pgettext_lazy("audit", "备份"),
    "call": pgettext_lazy("audit", "电话"),
    "call_back": pgettext_lazy("audit", "回访"),
    "candidate": pgettext_lazy("audit", "招募来的人"),
    "card": pgettext_lazy("audit", "住户卡"),
    "case": pgettext_lazy("audit", "求助"),
    "check_in": pgettext_lazy("audit", "问护士好不好"),
    "channel": pgettext_lazy("audit", "招募方式"),
    "city_list": pgettext_lazy("audit", "本市目录"),
    "concern": pgettext_lazy("audit", "投诉与建议"),
    "conflict": pgettext_lazy("audit", "要核对的记录"),
    "consent": pgettext_lazy("audit", "同意书"),
    "draft": pgettext_lazy("audit", "规程草稿"),
    "exception": pgettext_lazy("audit", "上门异常"),
    "facts": pgettext_lazy("audit", "现场记录"),
    "family": pgettext_lazy("audit", "家人想说的"),
    "file": pgettext_lazy("audit", "文件"),
    "grant": pgettext_lazy("audit", "家人授权"),
    "holiday": pgettext_lazy("audit", "节假日"),
    "house": pgettext_lazy("audit", "求助怎么办"),
    "improvement": pgettext_lazy("audit", "改进"),
    "incident": pgettext_lazy("audit", "停摆"),
    "institution_paper": pgettext_lazy("audit", "机构证照"),
    "item": pgettext_lazy("audit", "物料"),
    "items": pgettext_lazy("audit", "物料"),
    "lapsed": pgettext_lazy("audit", "到期收回了"),
    "leave": pgettext_lazy("audit", "请假"),
    "list": pgettext_lazy("audit", "名单"),
    "message": pgettext_lazy("audit", "消息"),
    "notification": pgettext_lazy("audit", "通知"),
    "notifications": pgettext_lazy("audit", "通知"),
    "number": pgettext_lazy("audit", "电话号码"),
    "occurrence": pgettext_lazy("audit", "定期上门的一次"),
    "offer": pgettext_lazy("audit", "派单"),
    "organization": pgettext_lazy("audit", "机构"),
    "password": pgettext_lazy("audit", "密码"),
    "pattern": pgettext_lazy("audit", "每周班次"),
    "place": pgettext_lazy("audit", "名额"),
    "programme": pgettext_lazy("audit", "项目"),
    "prompt": pgettext_lazy("audit", "话术与预案"),
    "qualification": pgettext_lazy("audit", "证书"),
    "readings": pgettext_lazy("audit", "测量值"),
    "recipient": pgettext_lazy("audit", "联系方式"),
    "referral": pgettext_lazy("audit", "出院转介"),
    "resident": pgettext_lazy("audit", "居民"),
    "role": pgettext_lazy("audit", "角色"),
    "scan": pgettext_lazy("audit", "扫码登录"),
    "screening": pgettext_lazy("audit", "筛选"),
    "sent_back": pgettext_lazy("audit", "退回了"),
    "series": pgettext_lazy("audit", "定期上门"),
    "service": pgettext_lazy("audit", "服务"),
    "services": pgettext_lazy("audit", "服务目录"),
    "session": pgettext_lazy("audit", "登录"),
    "shift": pgettext_lazy("audit", "班"),
    "shifts": pgettext_lazy("audit", "排班"),
    "shortfall": pgettext_lazy("audit", "对不上的用量"),
    "sign_in": pgettext_lazy("audit", "登录尝试"),
    "slip": pgettext_lazy("audit", "开通单"),
    "slips": pgettext_lazy("audit", "开通单"),
    "staff": pgettext_lazy("audit", "人员"),
    "stock": pgettext_lazy("audit", "库存"),
    "swapped": pgettext_lazy("audit", "调休上班的周末"),
    "target": pgettext_lazy("audit", "个人目标"),
    "totp": pgettext_lazy("audit", "动态码"),
    "use": pgettext_lazy("audit", "用料"),
    "version": pgettext_lazy("audit", "服务版本"),
    "visit": pgettext_lazy("audit", "上门"),
    "waste": pgettext_lazy("audit", "医疗废物"),
    "wechat": pgettext_lazy("audit", "微信"),
    "wish": pgettext_lazy("audit", "求助时告诉家人"),
    "order": pgettext_lazy("audit", "医嘱"),
    "question": pgettext_lazy("audit", "护士的提问"),
    "answer": pgettext_lazy("audit", "医生的回答"),
    "family_doctor": pgettext_lazy("audit", "家庭医生"),
}
DEEDS: Final[Mapping[str, Words]] = {
    "abandoned": pgettext_lazy("audit", "放弃了"),
    "accepted": pgettext_lazy("audit", "接了"),
    "acknowledged": pgettext_lazy("audit", "接下了"),
    "added": pgettext_lazy("audit", "加了"),
    "answered": pgettext_lazy("audit", "答复了"),
    "appealed": pgettext_lazy("audit", "申诉了"),
    "arranged": pgettext_lazy("audit", "往后排了"),
    "arrived": pgettext_lazy("audit", "人到了"),
    "asked": pgettext_lazy("audit", "申请了"),
    "assigned": pgettext_lazy("audit", "派了人"),
    "begun": pgettext_lazy("audit", "开始写了"),
    "booked": pgettext_lazy("audit", "约上了"),
    "bound": pgettext_lazy("audit", "绑上了"),
    "called_back": pgettext_lazy("audit", "先不生效了"),
    "called_off": pgettext_lazy("audit", "取消了"),
    "came_again": pgettext_lazy("audit", "又来了"),
    "cancelled": pgettext_lazy("audit", "取消了"),
    "caught_up": pgettext_lazy("audit", "接上了现用版"),
    "changed": pgettext_lazy("audit", "改了"),
    "checked": pgettext_lazy("audit", "检查了"),
    "cleared": pgettext_lazy("audit", "不用找了"),
    "closed": pgettext_lazy("audit", "关了"),
    "confirmed": pgettext_lazy("audit", "确认了"),
    "corrected": pgettext_lazy("audit", "更正了"),
    "counted": pgettext_lazy("audit", "盘点了"),
    "declined": pgettext_lazy("audit", "没接"),
    "discarded": pgettext_lazy("audit", "不要了"),
    "disposed": pgettext_lazy("audit", "报废了"),
    "dropped": pgettext_lazy("audit", "作罢了"),
    "ended": pgettext_lazy("audit", "退出了"),
    "enrolled": pgettext_lazy("audit", "设好了"),
    "escalated": pgettext_lazy("audit", "交给主管了"),
    "filled": pgettext_lazy("audit", "装了"),
    "followed": pgettext_lazy("audit", "随着上门定了"),
    "explained": pgettext_lazy("audit", "说明了原因"),
    "fine": pgettext_lazy("audit", "都好"),
    "founded": pgettext_lazy("audit", "建了"),
    "located": pgettext_lazy("audit", "补上了位置"),
    "one_fine": pgettext_lazy("audit", "其中一位说没事"),
    "went_on": pgettext_lazy("audit", "做了一步"),
    "generated": pgettext_lazy("audit", "排了"),
    "given": pgettext_lazy("audit", "给了"),
    "given_back": pgettext_lazy("audit", "退回了"),
    "granted": pgettext_lazy("audit", "批了"),
    "handed_back": pgettext_lazy("audit", "交回了"),
    "handed_over": pgettext_lazy("audit", "交出了"),
    "held": pgettext_lazy("audit", "先留了时间"),
    "imported": pgettext_lazy("audit", "导入了"),
    "in_hand": pgettext_lazy("audit", "接手了"),
    "in_place": pgettext_lazy("audit", "做到位了"),
    "investigated": pgettext_lazy("audit", "查过了"),
    "kept": pgettext_lazy("audit", "照常放假"),
    "leaves": pgettext_lazy("audit", "离职"),
    "left": pgettext_lazy("audit", "退出了"),
    "linked": pgettext_lazy("audit", "关联了"),
    "locked": pgettext_lazy("audit", "锁屏了"),
    "logged": pgettext_lazy("audit", "记了结果"),
    "made": pgettext_lazy("audit", "新建了"),
    "missed": pgettext_lazy("audit", "没人上门"),
    "moved": pgettext_lazy("audit", "改了时间"),
    "noted": pgettext_lazy("audit", "记了一条"),
    "offered": pgettext_lazy("audit", "给出了"),
    "on_standby": pgettext_lazy("audit", "留作备用了"),
    "open": pgettext_lazy("audit", "开了"),
    "opened": pgettext_lazy("audit", "开了"),
    "ordinary": pgettext_lazy("audit", "改回照常了"),
    "over": pgettext_lazy("audit", "过去了"),
    "passed_on": pgettext_lazy("audit", "转给下一位了"),
    "paused": pgettext_lazy("audit", "暂停了"),
    "placed": pgettext_lazy("audit", "找到了时间"),
    "planned": pgettext_lazy("audit", "定了做法"),
    "pressed": pgettext_lazy("audit", "按了"),
    "pressed_again": pgettext_lazy("audit", "又按了"),
    "promised": pgettext_lazy("audit", "约好了"),
    "proven": pgettext_lazy("audit", "验过了"),
    "published": pgettext_lazy("audit", "发布了"),
    "put": pgettext_lazy("audit", "排上了"),
    "put_in": pgettext_lazy("audit", "入库了"),
    "raised": pgettext_lazy("audit", "提了"),
    "rated": pgettext_lazy("audit", "评了"),
    "read": pgettext_lazy("audit", "读了"),
    "received": pgettext_lazy("audit", "接住了"),
    "recorded": pgettext_lazy("audit", "记了"),
    "refused": pgettext_lazy("audit", "没通过"),
    "registered": pgettext_lazy("audit", "登记了"),
    "regraded": pgettext_lazy("audit", "改了到达的证明"),
    "released": pgettext_lazy("audit", "放掉了"),
    "removed": pgettext_lazy("audit", "去掉了"),
    "reopened": pgettext_lazy("audit", "重新打开了"),
    "replaced": pgettext_lazy("audit", "换了"),
    "reported": pgettext_lazy("audit", "又报了一次"),
    "reset": pgettext_lazy("audit", "重设了"),
    "resumed": pgettext_lazy("audit", "恢复了"),
    "retired": pgettext_lazy("audit", "不再用了"),
    "revealed": pgettext_lazy("audit", "看了遮住的号码"),
    "saved": pgettext_lazy("audit", "改了草稿"),
    "scheduled": pgettext_lazy("audit", "定了生效日"),
    "seeded": pgettext_lazy("audit", "放进了自带的"),
    "seen": pgettext_lazy("audit", "有人看到了"),
    "sent": pgettext_lazy("audit", "送出了"),
    "sent_again": pgettext_lazy("audit", "又发了一次"),
    "set": pgettext_lazy("audit", "设了"),
    "set_aside": pgettext_lazy("audit", "放到一边了"),
    "settled": pgettext_lazy("audit", "核对了"),
    "skipped": pgettext_lazy("audit", "说了这次不来"),
    "spoke": pgettext_lazy("audit", "填了"),
    "started": pgettext_lazy("audit", "进来了"),
    "scanned": pgettext_lazy("audit", "传了扫描件"),
    "stood_in": pgettext_lazy("audit", "换人去了"),
    "stopped": pgettext_lazy("audit", "结束了"),
    "stored": pgettext_lazy("audit", "存了"),
    "switched": pgettext_lazy("audit", "换了机构"),
    "taken": pgettext_lazy("audit", "收回了"),
    "taken_away": pgettext_lazy("audit", "交去处置了"),
    "taken_back": pgettext_lazy("audit", "收回了"),
    "taken_in": pgettext_lazy("audit", "收下了"),
    "told": pgettext_lazy("audit", "告知了结果"),
    "unanswered": pgettext_lazy("audit", "没人接手"),
    "unbound": pgettext_lazy("audit", "解绑了"),
    "unclaimed": pgettext_lazy("audit", "没人接"),
    "unlock_refused": pgettext_lazy("audit", "解锁没通过"),
    "unlocked": pgettext_lazy("audit", "解锁了"),
    "uploaded": pgettext_lazy("audit", "上传了"),
    "used": pgettext_lazy("audit", "用了"),
    "verified": pgettext_lazy("audit", "第二人核过"),
    "withdrawn": pgettext_lazy("audit", "撤回了"),
    "witnessed": pgettext_lazy("audit", "第二人看过"),
    "worked": pgettext_lazy("audit", "照常上班"),
    "entered": pgettext_lazy("audit", "录入了"),
    "handed": pgettext_lazy("audit", "转给了"),
    "read_back": pgettext_lazy("audit", "核对了"),
    "named": pgettext_lazy("audit", "定了"),
}
