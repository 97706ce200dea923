"""The words for each permission: what a person reads who decides what a role may do."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy

from anjia.kernel.errors import Words

# By topic, in the order in which a form offers them.
TOPICS: Final[tuple[tuple[Words, Mapping[str, Words]], ...]] = (
    (
        pgettext_lazy("permission", "居民"),
        {
            "residents.read": pgettext_lazy("permission", "看居民的基本资料"),
            "residents.register": pgettext_lazy("permission", "建居民档案"),
            "residents.change": pgettext_lazy("permission", "改居民档案"),
            "residents.reveal": pgettext_lazy("permission", "看完整的证件号和电话"),
            "residents.add_address": pgettext_lazy("permission", "加居民的住址"),
            "residents.grant": pgettext_lazy("permission", "登记谁能替居民办事"),
            "residents.consent": pgettext_lazy("permission", "登记居民的同意和撤回"),
        },
    ),
    (
        pgettext_lazy("permission", "预约与派单"),
        {
            "dispatch.read": pgettext_lazy("permission", "看能约的时间"),
            "dispatch.book": pgettext_lazy("permission", "留时间、约时间、改时间"),
            "dispatch.offer": pgettext_lazy("permission", "问谁愿意去"),
            "dispatch.assign": pgettext_lazy("permission", "看谁合适，直接派人"),
            "dispatch.accept": pgettext_lazy("permission", "自己的单，接或不接"),
            "desk.bookings": pgettext_lazy("permission", "用服务台，替来电的人办"),
            "board.read": pgettext_lazy("permission", "看当天的看板"),
        },
    ),
    (
        pgettext_lazy("permission", "上门"),
        {
            "visits.read": pgettext_lazy("permission", "看上门的安排和经过"),
            "visits.book": pgettext_lazy("permission", "定下上门"),
            "visits.cancel": pgettext_lazy("permission", "取消上门"),
            "visits.assign": pgettext_lazy("permission", "定下谁上门"),
            "visits.accept": pgettext_lazy("permission", "答应去上门"),
            "visits.record": pgettext_lazy("permission", "在现场记录"),
            "exceptions.report": pgettext_lazy("permission", "报上门的异常"),
            "exceptions.handle": pgettext_lazy("permission", "看上门的异常，办异常"),
            "exceptions.lead": pgettext_lazy("permission", "异常没人办时最后接手"),
            "visits.settle": pgettext_lazy("permission", "核对对不上的事"),
        },
    ),
    (
        pgettext_lazy("permission", "物资与医废"),
        {
            "supplies.read": pgettext_lazy("permission", "看库存、包和医废登记"),
            "supplies.keep": pgettext_lazy("permission", "管库存、发物资、收医废"),
            "supplies.carry": pgettext_lazy("permission", "带包上门，查包，交医废"),
        },
    ),
    (
        pgettext_lazy("permission", "培训"),
        {
            "learning.learn": pgettext_lazy("permission", "自己学课程、考试、签到"),
            "learning.read": pgettext_lazy("permission", "看谁学过什么"),
            "learning.write": pgettext_lazy("permission", "写课程和考题的新版"),
            "learning.manage": pgettext_lazy("permission", "发布课程，定谁必须学，开课和签字"),
        },
    ),
    (
        pgettext_lazy("permission", "健康记录"),
        {
            "records.read": pgettext_lazy("permission", "看健康数据"),
            "records.write": pgettext_lazy("permission", "记健康数据"),
            "records.set_target": pgettext_lazy("permission", "定控制目标"),
            "desk.worklist": pgettext_lazy("permission", "看医生的工作单"),
            "files.store": pgettext_lazy("permission", "存照片和文件"),
        },
    ),
    (
        pgettext_lazy("permission", "项目和入组"),
        {
            "enrolment.read": pgettext_lazy("permission", "看项目、筛选和名单"),
            "enrolment.screen": pgettext_lazy("permission", "登记招募来的人，筛选"),
            "enrolment.confirm": pgettext_lazy("permission", "确认别人做的筛选，答复申诉"),
            "enrolment.answer": pgettext_lazy("permission", "答复名额、退出、申诉"),
            "enrolment.manage": pgettext_lazy("permission", "开项目，定名额和招募方式"),
        },
    ),
    (
        pgettext_lazy("permission", "医嘱"),
        {
            "orders.read": pgettext_lazy("permission", "看医嘱，看上门时问医生的事"),
            "orders.enter": pgettext_lazy("permission", "录入医嘱和处方，登记家庭医生"),
            "orders.confirm": pgettext_lazy("permission", "确认医嘱，回答护士的提问（要是医生）"),
        },
    ),
    (
        pgettext_lazy("permission", "转介"),
        {
            "transitions.read": pgettext_lazy("permission", "看出院转介"),
            "transitions.refer": pgettext_lazy("permission", "从病区转介"),
            "transitions.receive": pgettext_lazy("permission", "接转介、办转介"),
        },
    ),
    (
        pgettext_lazy("permission", "求助与报警"),
        {
            "emergencies.call": pgettext_lazy("permission", "按求助"),
            "emergencies.sos": pgettext_lazy("permission", "在外面悄悄求助，回好不好"),
            "emergencies.take": pgettext_lazy("permission", "值守，接居民的求助"),
            "emergencies.readings": pgettext_lazy("permission", "没有人接的求助，看她最近量的几项"),
            "emergencies.supervise": pgettext_lazy("permission", "接护士的求助，没有人接时被告诉"),
            "emergencies.set": pgettext_lazy("permission", "定求助电话、值守时间和分钟数"),
        },
    ),
    (
        pgettext_lazy("permission", "消息"),
        {
            "messaging.read": pgettext_lazy("permission", "看发给自己的消息"),
            "messaging.send": pgettext_lazy("permission", "发消息，看送到没有"),
            "messaging.call": pgettext_lazy("permission", "打电话清单上的电话"),
        },
    ),
    (
        pgettext_lazy("permission", "质量"),
        {
            "quality.rate": pgettext_lazy("permission", "给上门评价"),
            "quality.raise": pgettext_lazy("permission", "提投诉和建议"),
            "quality.call_back": pgettext_lazy("permission", "上门后回访"),
            "quality.mine": pgettext_lazy("permission", "看自己的业绩，提异议"),
            "quality.read": pgettext_lazy("permission", "看指标和评价"),
            "quality.manage": pgettext_lazy("permission", "处理投诉，定改进"),
        },
    ),
    (
        pgettext_lazy("permission", "员工与服务"),
        {
            "workforce.read": pgettext_lazy("permission", "看员工和排班"),
            "workforce.change": pgettext_lazy("permission", "改员工资料和排班"),
            "workforce.standby": pgettext_lazy("permission", "定谁备用"),
            "workforce.confirm": pgettext_lazy("permission", "核对别人登记的证书"),
            "workforce.ask_leave": pgettext_lazy("permission", "请假"),
            "workforce.earn": pgettext_lazy("permission", "考过试、签过到，由系统发合格证"),
            "catalogue.read": pgettext_lazy("permission", "看服务目录"),
            "catalogue.draft": pgettext_lazy("permission", "写服务规程的新版"),
            "catalogue.change": pgettext_lazy("permission", "改服务目录，发布新版"),
            "catalogue.publish_own": pgettext_lazy("permission", "自己写的新版也能自己发布"),
        },
    ),
    (
        pgettext_lazy("permission", "账号与管理"),
        {
            "identity.own_account": pgettext_lazy("permission", "管自己的账号"),
            "identity.open_account": pgettext_lazy("permission", "给居民和家人开账号"),
            "identity.change_account": pgettext_lazy("permission", "改居民和家人的账号"),
            "identity.manage": pgettext_lazy("permission", "管员工账号、角色和站点"),
            "imports.run": pgettext_lazy("permission", "导入名单"),
            "audit.read": pgettext_lazy("permission", "看审计"),
        },
    ),
)
PERMISSION_WORDS: Final[Mapping[str, Words]] = {
    permission: words for _topic, ours in TOPICS for permission, words in ours.items()
}
