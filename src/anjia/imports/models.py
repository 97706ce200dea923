from enum import StrEnum

from django.db import models

from anjia.imports.rules import Kind
from anjia.kernel import encryption
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return plain strings, so that migrations do not come to depend on rules.py."""
    return [(member.value, member.name) for member in enum]


class State(StrEnum):
    UPLOADED = "uploaded"  # its columns wait to be confirmed
    TRIED = "tried"  # the dry run says what it would do
    IMPORTED = "imported"
    ABANDONED = "abandoned"


class ImportBatch(models.Model):
    """
    A list on its way in: what was uploaded, which column is what, what would come of it, what came of it.

    Everything in it is personal, and encrypted. The upload is forgotten a week after it is over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=choices(Kind))
    state = models.CharField(max_length=12, choices=choices(State), default=State.UPLOADED.value)
    file_name = EncryptedText(default="")
    content = models.BinaryField(default=b"")  # sealed; b"" when it is forgotten
    titles = EncryptedJSON(default=list)
    columns = EncryptedJSON(default=list)  # for each title a column's code, or null
    samples = EncryptedJSON(default=list)  # for each title the first cells below it
    result = EncryptedJSON(null=True)  # of the dry run, then of the import: see lists.Outcome
    rows = models.PositiveIntegerField()
    uploaded_by = models.UUIDField()
    uploaded_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-uploaded_at", "id"], name="import_by_time"),
            models.Index(fields=["uploaded_at"], name="import_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def bound_to(self) -> str:
        return f"{self._meta.db_table}|content|{self.pk}"

    def keep(self, content: bytes) -> None:
        self.content = encryption.seal(content, bound_to=self.bound_to)

    def uploaded(self) -> bytes:
        """Return the bytes of the upload, b"" when it is forgotten."""
        sealed = bytes(self.content)
        return encryption.unseal(sealed, bound_to=self.bound_to) if sealed else b""

    @property
    def is_over(self) -> bool:
        return self.state in {State.IMPORTED, State.ABANDONED}
