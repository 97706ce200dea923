from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "anjia.identity"
    label = "identity"
