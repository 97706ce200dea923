"""What has happened to referrals, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSent:
    referral_id: UUID
    to_organization_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMoved:
    referral_id: UUID
    state: str
    at: datetime
