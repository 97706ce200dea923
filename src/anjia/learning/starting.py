"""The courses that come with Anjia, and how a course is named."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.learning.rules.content import LONGEST_CODE

CODE: Final = re.compile(rf"[a-z][a-z0-9_]{{1,{LONGEST_CODE - 1}}}")
WRONG_CODE: Final = _("编号用小写字母、数字和下划线，字母开头，2 到 30 个，比如 wound_basics。")
TOO_MANY: Final = _("最多 {most} 条。请分成两门课。")
BUILT_IN: Final = Path(__file__).parent / "data" / "courses.json"


@cache
def built_in() -> Mapping[str, Mapping[str, Any]]:
    """Return the courses that come with Anjia, by code."""
    found: dict[str, Mapping[str, Any]] = json.loads(BUILT_IN.read_text("utf-8"))
    return found
