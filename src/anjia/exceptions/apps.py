from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    name = "anjia.exceptions"
    label = "exceptions"
