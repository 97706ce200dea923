from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "anjia.imports"
    label = "imports"
