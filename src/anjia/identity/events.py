"""What has happened to accounts. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountOpened:
    account_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class WechatBound:
    account_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class WechatUnbound:
    account_id: UUID
    at: datetime
