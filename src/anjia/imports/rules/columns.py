"""The columns of each kind of list, and the names that people give them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anjia.spreadsheets.cleaning import narrow


class Kind(StrEnum):
    RESIDENTS = "residents"
    STAFF = "staff"
    SERVICES = "services"
    CITY_LIST = "city_list"


KIND_WORDS: Final[Mapping[Kind, Promise]] = {
    Kind.RESIDENTS: _("居民名单"),
    Kind.STAFF: _("人员名单"),
    Kind.SERVICES: _("服务和价格"),
    Kind.CITY_LIST: _("本市“互联网+护理”目录"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`title` is what our template calls it; `names` what others do. `repeats`: may come in several columns."""

    code: str
    title: str
    words: Promise
    names: str
    hint: Promise
    is_required: bool = False
    repeats: bool = False
    is_text: bool = False  # the template keeps it as text, so that no spreadsheet rounds it


RESIDENTS: Final = (
    Column(
        code="name",
        title="姓名",
        words=_("姓名"),
        names="老人姓名 居民姓名 名字 客户姓名 服务对象 服务对象姓名 患者姓名 本人姓名 name",
        hint=_("必填。"),
        is_required=True,
    ),
    Column(code="sex", title="性别", words=_("性别"), names="sex", hint=_("男、女；有身份证号可以不填。")),
    Column(
        code="id_number",
        title="身份证号",
        words=_("身份证号"),
        names="身份证 身份证号码 公民身份号码 证件号码 证件号 身份证件号码 身份证件号 居民身份证号",
        hint=_("18 位，这一列要设成“文本”。没有可以留空，会标成“未核验”。"),
        is_text=True,
    ),
    Column(
        code="birth_date",
        title="出生日期",
        words=_("出生日期"),
        names="生日 出生年月日 出生年月 出生时间 出生",
        hint=_("像 1945-03-02；有身份证号可以不填。"),
    ),
    Column(
        code="phone",
        title="电话",
        words=_("电话"),
        names="联系电话 手机 手机号 手机号码 移动电话 本人电话 电话号码 联系方式 联系方式电话 联系方式手机"
        " 固定电话 座机 家庭电话 本人联系电话 联系方式座机 备用电话 tel phone",
        hint=_("几个号码用“、”隔开，先写最常用的。"),
        repeats=True,
        is_text=True,
    ),
    Column(
        code="address",
        title="住址",
        words=_("住址"),
        names="家庭住址 现住址 详细地址 地址 居住地址 常住地址 家庭地址 联系地址 联系方式住址 联系方式地址"
        " 现居住地址 居住地 家庭详细地址",
        hint=_("写到门牌号。"),
    ),
    Column(
        code="door_note",
        title="上门提示",
        words=_("上门提示"),
        names="上门备注 怎么找 门牌备注 上门注意",
        hint=_("怎么找到门，要注意什么。"),
    ),
    Column(
        code="filed_on",
        title="建档日期",
        words=_("建档日期"),
        names="建档时间 建档日 档案建立日期 建档年月日",
        hint=_("像 2023-05-18。"),
    ),
    Column(
        code="chronic",
        title="慢病",
        words=_("慢病"),
        names="慢性病 慢病情况 慢性病情况 所患慢病 患病情况 疾病 基础疾病 基础病 既往病史 病史 慢病种类 慢病类型"
        " 患慢病情况",
        hint=_("几种用“、”隔开。"),
    ),
    Column(
        code="lives_alone",
        title="独居",
        words=_("独居"),
        names="是否独居 独居老人 独居情况 是否为独居老人",
        hint=_("是、否。"),
    ),
    Column(
        code="relative_name",
        title="家属姓名",
        words=_("家属姓名"),
        names="家属 联系人 联系人姓名 紧急联系人 紧急联系人姓名 监护人 监护人姓名 子女姓名 亲属姓名 家属联系人",
        hint=_("几位用“、”隔开。"),
    ),
    Column(
        code="relative_relation",
        title="家属关系",
        words=_("家属关系"),
        names="关系 与本人关系 与老人关系 紧急联系人关系 监护人关系 联系人关系 家属与本人关系",
        hint=_("女儿、儿子、老伴……"),
    ),
    Column(
        code="relative_phone",
        title="家属电话",
        words=_("家属电话"),
        names="家属联系电话 家属手机 家属手机号 联系人电话 紧急联系人电话 监护人电话 子女电话 家属联系方式 亲属电话"
        " 联系人手机 紧急联系人手机 监护人联系电话",
        hint=_("和家属姓名一样的顺序。"),
        is_text=True,
    ),
)

STAFF: Final = (
    Column(
        code="name",
        title="姓名",
        words=_("姓名"),
        names="员工姓名 人员姓名 护士姓名 医生姓名 名字 name",
        hint=_("必填。"),
        is_required=True,
    ),
    Column(
        code="number",
        title="工号",
        words=_("工号"),
        names="员工编号 人员编号 职工号",
        hint=_("有就填，认人用。"),
        is_text=True,
    ),
    Column(
        code="kind",
        title="岗位",
        words=_("岗位"),
        names="类别 人员类别 岗位类别 职务 工种 职业",
        hint=_("护士、医生、康复治疗师、健康管理员；不填就按职称认。"),
    ),
    Column(
        code="title",
        title="职称",
        words=_("职称"),
        names="专业技术职称 技术职称 职称级别 专业职称",
        hint=_("护师、主管护师、主治医师……"),
    ),
    Column(code="sex", title="性别", words=_("性别"), names="sex", hint=_("男、女。")),
    Column(
        code="phone",
        title="电话",
        words=_("电话"),
        names="联系电话 手机 手机号 手机号码 移动电话 电话号码 联系方式",
        hint=_("一个手机号。"),
        is_text=True,
    ),
    Column(
        code="licence",
        title="执业证号",
        words=_("执业证号"),
        names="执业证书编号 执业证书号 执业证编号 执业证书编码 护士执业证号 护士证号 执业证 执业编号 执业证书",
        hint=_("护士、医师的执业证书编号。"),
        is_text=True,
    ),
    Column(
        code="licence_until",
        title="有效期",
        words=_("有效期"),
        names="执业证有效期 有效期至 证书有效期 执业有效期 执业证有效期至 有效期限 执业证书有效期 到期日期",
        hint=_("像 2028-06-30。"),
    ),
    Column(
        code="certificates",
        title="专科证书",
        words=_("专科证书"),
        names="专科护士证书 资质 专科资质 专科护士 专科 专科证 其他证书 资质证书",
        hint=_("PICC、伤口造口……几种用“、”隔开。"),
    ),
    Column(
        code="years",
        title="年限",
        words=_("年限"),
        names="工作年限 从业年限 工龄 护龄 临床年限 工作年数",
        hint=_("做了几年，只写数字。"),
    ),
    Column(
        code="started_on",
        title="参加工作时间",
        words=_("参加工作时间"),
        names="参加工作日期 从业时间 开始工作时间 从业日期",
        hint=_("写到月就行；填了就不用填年限。"),
    ),
    Column(
        code="station",
        title="站点",
        words=_("站点"),
        names="所属站点 服务站 所在站点 所在站 站",
        hint=_("和系统里的站名一样。"),
    ),
    Column(
        code="travel",
        title="出行方式",
        words=_("出行方式"),
        names="交通工具 出行 交通方式",
        hint=_("步行、自行车、电动车、公交、开车。"),
    ),
    Column(
        code="pattern",
        title="排班",
        words=_("排班"),
        names="班次 上班时间 每周排班 排班时间 工作时间 固定排班",
        hint=_("像：周一至周五 8:00-17:00；周六 8:00-12:00。"),
    ),
)

SERVICES: Final = (
    Column(
        code="name",
        title="服务名称",
        words=_("服务名称"),
        names="服务 项目 项目名称 服务项目 名称 服务项目名称",
        hint=_("必填。"),
        is_required=True,
    ),
    Column(
        code="code",
        title="编码",
        words=_("编码"),
        names="项目编码 服务编码 代码 编号 项目代码",
        hint=_("有就填。"),
        is_text=True,
    ),
    Column(
        code="mode",
        title="方式",
        words=_("方式"),
        names="服务方式 形式 服务形式",
        hint=_("上门、到站、线上。"),
    ),
    Column(
        code="legal_line",
        title="业务线",
        words=_("业务线"),
        names="类别 服务类别 项目类别 分类",
        hint=_("公卫随访、家庭医生上门、居家医疗、互联网+护理、非医疗。"),
    ),
    Column(
        code="duration",
        title="时长",
        words=_("时长（分钟）"),
        names="服务时长 分钟 时间 服务时间 时长分钟 所需时间",
        hint=_("分钟数。"),
    ),
    Column(
        code="people",
        title="人数",
        words=_("人数"),
        names="所需人数 服务人数 人员数量",
        hint=_("一次去几个人。"),
    ),
    Column(
        code="price",
        title="价格",
        words=_("价格（元）"),
        names="收费 单价 金额 收费标准 价格元 服务价格 收费元",
        hint=_("元，可以有角分。"),
    ),
    Column(
        code="summary",
        title="说明",
        words=_("说明"),
        names="服务内容 项目内涵 简介 内容 服务说明",
        hint=_("一两句。"),
    ),
    Column(
        code="preparation",
        title="准备事项",
        words=_("准备事项"),
        names="准备 注意事项 服务准备 事前准备",
        hint=_("请居民提前准备什么。"),
    ),
    Column(
        code="min_years",
        title="年限要求",
        words=_("年限要求"),
        names="从业年限要求 年限 工作年限要求",
        hint=_("至少几年。"),
    ),
    Column(
        code="certificates",
        title="证书要求",
        words=_("证书要求"),
        names="资质要求 专科要求 证书",
        hint=_("PICC、伤口造口……几种用“、”隔开。"),
    ),
)

CITY_LIST: Final = (
    Column(
        code="name",
        title="项目名称",
        words=_("项目名称"),
        names="名称 项目 服务项目 服务项目名称 服务名称",
        hint=_("必填，照目录原样写。"),
        is_required=True,
    ),
    Column(
        code="document_no",
        title="文号",
        words=_("文号"),
        names="文件号 文件编号 依据 依据文件 来源 发文字号",
        hint=_("必填，公布目录的文件，比如“×卫医〔2024〕12号”。"),
        is_required=True,
    ),
    Column(
        code="status",
        title="允许或禁止",
        words=_("允许或禁止"),
        names="是否允许 状态 允许 目录类别 正面负面",
        hint=_("允许、禁止；不写就是允许。"),
    ),
    Column(
        code="service_code",
        title="本机构服务编码",
        words=_("本机构服务编码"),
        names="服务编码 对应服务 对应服务编码",
        hint=_("名称和我们的服务不一样时，写服务目录里的编码。"),
        is_text=True,
    ),
    Column(
        code="mode",
        title="方式",
        words=_("方式"),
        names="服务方式 线上线下",
        hint=_("上门、到站、线上。"),
    ),
    Column(
        code="staff_condition",
        title="人员条件",
        words=_("人员条件"),
        names="人员要求 服务人员要求 资质要求 人员资质",
        hint=_("照目录原样写，给派单的人看。"),
    ),
    Column(
        code="valid_from",
        title="生效日期",
        words=_("生效日期"),
        names="执行日期 起始日期 施行日期",
        hint=_("从哪天起；不写就是一直有效。"),
    ),
)

COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.RESIDENTS: RESIDENTS,
    Kind.STAFF: STAFF,
    Kind.SERVICES: SERVICES,
    Kind.CITY_LIST: CITY_LIST,
}
REASON_TITLE: Final = "没有收下的原因"
BEFORE: Final = ("老人", "居民", "本人", "患者", "客户", "服务对象", "员工", "人员")


def recognise(kind: Kind, title: str) -> str | None:
    """Return which column a title means, None if we do not know it."""
    said, known = plain(title), columns_by_name(kind)
    for form in (said, said.rstrip("0123456789一二三四"), *(said.removeprefix(word) for word in BEFORE)):
        if form in known:
            return known[form]
    return None


@cache
def columns_by_name(kind: Kind) -> Mapping[str, str]:
    """Return the column's code for each name that it is known by."""
    return {
        plain(name): column.code for column in COLUMNS[kind] for name in [column.title, *column.names.split()]
    }


def guess(kind: Kind, recognised: Sequence[str | None]) -> list[str | None]:
    """Return what each column is taken for: where two are the same, the first, unless there may be several."""
    repeats = {column.code for column in COLUMNS[kind] if column.repeats}
    taken: set[str] = set()
    found: list[str | None] = []
    for code in recognised:
        free = code is not None and (code in repeats or code not in taken)
        found.append(code if free else None)
        if code and free:
            taken.add(code)
    return found


def plain(title: str) -> str:
    """Return the title without what is beside it: "身份证号（18位）*" is "身份证号"."""
    said = re.sub(r"[(\[（【<《].*?[)\]）】>》]", "", narrow(title))
    return re.sub(r"[\s*:：、，。/\\_\-—·.★●]|必填|选填", "", said).casefold()
