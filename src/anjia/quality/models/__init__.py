from anjia.quality.models.call_backs import CallBack, CallBackAttempt, CallBackEscalation
from anjia.quality.models.concerns import Concern, ConcernStep
from anjia.quality.models.family import FamilyForm
from anjia.quality.models.improvements import Improvement, ImprovementStep
from anjia.quality.models.objections import Objection, ObjectionStep
from anjia.quality.models.ratings import Rating

__all__ = [
    "CallBack",
    "CallBackAttempt",
    "CallBackEscalation",
    "Concern",
    "ConcernStep",
    "FamilyForm",
    "Improvement",
    "ImprovementStep",
    "Objection",
    "ObjectionStep",
    "Rating",
]
