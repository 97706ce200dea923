from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "anjia.workforce"
    label = "workforce"
