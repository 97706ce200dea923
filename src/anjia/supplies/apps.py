from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "anjia.supplies"
    label = "supplies"
