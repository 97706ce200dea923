from django.apps import AppConfig


class SeriesConfig(AppConfig):
    name = "anjia.series"
    label = "series"
