from importlib import import_module

from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "anjia.transitions"
    label = "transitions"

    def ready(self) -> None:
        import_module("anjia.transitions.subscribers")
