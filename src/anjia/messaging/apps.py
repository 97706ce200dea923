from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "anjia.messaging"
    label = "messaging"
