from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "anjia.simulation"
    label = "simulation"
