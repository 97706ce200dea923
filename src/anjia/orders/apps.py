from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "anjia.orders"
    label = "orders"
