from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "anjia.web"
    label = "web"
