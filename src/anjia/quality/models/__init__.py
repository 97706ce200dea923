from anjia.quality.models.call_backs import CallBack, CallBackAttempt, CallBackEscalation
from anjia.quality.models.family import FamilyForm
from anjia.quality.models.ratings import Rating

__all__ = ["CallBack", "CallBackAttempt", "CallBackEscalation", "FamilyForm", "Rating"]
