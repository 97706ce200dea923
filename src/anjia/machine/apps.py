from django.apps import AppConfig


class MachineConfig(AppConfig):
    name = "anjia.machine"
    label = "machine"
