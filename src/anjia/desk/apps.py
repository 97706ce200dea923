from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "anjia.desk"
    label = "desk"
