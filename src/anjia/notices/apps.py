from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "anjia.notices"
    label = "notices"
