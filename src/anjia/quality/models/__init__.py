from anjia.quality.models.ratings import Rating

__all__ = ["Rating"]
