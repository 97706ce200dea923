from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "anjia.enrolment"
    label = "enrolment"
