from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "anjia.records"
    label = "records"
