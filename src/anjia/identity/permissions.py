"""The words for each permission: what a person reads who decides what a role may do."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Words

# By topic, in the order in which a form offers them.
TOPICS: Final[tuple[tuple[Words, Mapping[str, Words]], ...]] = (
    (
        _("居民"),
        {
            "residents.read": _("看居民的基本资料"),
            "residents.register": _("建居民档案"),
            "residents.change": _("改居民档案"),
            "residents.reveal": _("看完整的证件号和电话"),
            "residents.add_address": _("加居民的住址"),
            "residents.grant": _("登记谁能替居民办事"),
            "residents.consent": _("登记居民的同意和撤回"),
        },
    ),
    (
        _("预约与派单"),
        {
            "dispatch.read": _("看能约的时间"),
            "dispatch.book": _("留时间、约时间、改时间"),
            "dispatch.offer": _("问谁愿意去"),
            "dispatch.assign": _("看谁合适，直接派人"),
            "dispatch.accept": _("自己的单，接或不接"),
            "desk.bookings": _("用服务台，替来电的人办"),
            "board.read": _("看当天的看板"),
        },
    ),
    (
        _("上门"),
        {
            "visits.read": _("看上门的安排和经过"),
            "visits.book": _("定下上门"),
            "visits.cancel": _("取消上门"),
            "visits.assign": _("定下谁上门"),
            "visits.accept": _("答应去上门"),
            "visits.record": _("在现场记录"),
            "visits.settle": _("核对对不上的事"),
        },
    ),
    (
        _("健康记录"),
        {
            "records.read": _("看健康数据"),
            "records.write": _("记健康数据"),
            "records.set_target": _("定控制目标"),
            "desk.worklist": _("看医生的工作单"),
            "files.store": _("存照片和文件"),
        },
    ),
    (
        _("转介"),
        {
            "transitions.read": _("看出院转介"),
            "transitions.refer": _("从病区转介"),
            "transitions.receive": _("接转介、办转介"),
        },
    ),
    (
        _("消息"),
        {
            "messaging.read": _("看发给自己的消息"),
            "messaging.send": _("发消息，看送到没有"),
            "messaging.call": _("打电话清单上的电话"),
        },
    ),
    (
        _("质量"),
        {
            "quality.rate": _("给上门评价"),
            "quality.raise": _("提投诉和建议"),
            "quality.call_back": _("上门后回访"),
            "quality.read": _("看指标和评价"),
            "quality.manage": _("处理投诉，定改进"),
        },
    ),
    (
        _("员工与服务"),
        {
            "workforce.read": _("看员工和排班"),
            "workforce.change": _("改员工资料和排班"),
            "workforce.ask_leave": _("请假"),
            "catalogue.read": _("看服务目录"),
            "catalogue.change": _("改服务目录"),
        },
    ),
    (
        _("账号与管理"),
        {
            "identity.own_account": _("管自己的账号"),
            "identity.open_account": _("给居民和家人开账号"),
            "identity.change_account": _("改居民和家人的账号"),
            "identity.manage": _("管员工账号、角色和站点"),
            "imports.run": _("导入名单"),
            "audit.read": _("看审计"),
        },
    ),
)
PERMISSION_WORDS: Final[Mapping[str, Words]] = {
    permission: words for _topic, ours in TOPICS for permission, words in ours.items()
}
