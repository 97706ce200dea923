from django.apps import AppConfig


class EmergenciesConfig(AppConfig):
    name = "anjia.emergencies"
    label = "emergencies"
