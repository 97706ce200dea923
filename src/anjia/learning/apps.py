from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "anjia.learning"
    label = "learning"
