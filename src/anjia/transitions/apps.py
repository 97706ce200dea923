from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "anjia.transitions"
    label = "transitions"
