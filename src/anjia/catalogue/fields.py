"""A column that keeps JSON as it was written."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    TextField = models.Field[Any, Any]
else:
    TextField = models.Field


class AsWritten(TextField):
    """
    JSON that keeps the order in which it was written: fields of a form, steps, sources. jsonb would sort them.

    It cannot be searched by what is in it; the columns beside it can.
    """

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)  # of a row that is not there to be joined

    def get_prep_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        return value
