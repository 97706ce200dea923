"""Encrypted columns. They read and write like plain attributes, and cannot be searched."""

import json
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from anjia.kernel import encryption

T = TypeVar("T")

if TYPE_CHECKING:

    class Column(models.Field[T, T]):
        pass

else:

    class Column(models.Field):
        """Django's field, which at run time cannot be told what type it holds."""

        def __class_getitem__(cls, kind):
            return cls


class Unsealing(DeferredAttribute):
    """Opens the value when it is first looked at: a list page pays only for the columns that it shows."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = (
            instance.__dict__[self.field.attname]
            if self.field.attname in instance.__dict__
            else super().__get__(instance, cls)
        )
        if isinstance(value, bytes | memoryview):
            value = self.field.unseal(instance, bytes(value))  # type: ignore[attr-defined]  # ours, see below
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class Encrypted(Column[T]):
    descriptor_class = Unsealing

    def get_internal_type(self) -> str:
        return "BinaryField"

    def bound_to(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"

    def unseal(self, instance: models.Model, sealed: bytes) -> Any:
        return self.read(encryption.unseal(sealed, bound_to=self.bound_to(instance)).decode())

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, bytes | memoryview):
            return value  # nothing there, or not looked at since it was read
        assert model_instance.pk is not None, "an encrypted value is bound to its row's key"
        return encryption.seal(self.write(value).encode(), bound_to=self.bound_to(model_instance))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or isinstance(value, bytes | memoryview):
            return value
        raise TypeError(f"{self.name} is encrypted: it cannot be filtered by, nor set by update().")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: it cannot be filtered by.")

    def write(self, value: Any) -> str:
        raise NotImplementedError

    def read(self, text: str) -> Any:
        raise NotImplementedError


class EncryptedText(Encrypted[str]):
    """Text, of any length unless a form says otherwise."""

    def write(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> str:
        return text


class EncryptedJSON(Encrypted[Any]):
    """Whatever JSON can say; times and ids become text."""

    def write(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)

    def read(self, text: str) -> Any:
        return json.loads(text)
