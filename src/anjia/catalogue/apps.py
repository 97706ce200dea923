from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "anjia.catalogue"
    label = "catalogue"
