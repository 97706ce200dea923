from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "anjia.operations"
    label = "operations"
