"""The console's doors, and who may do what behind them: translate, one call, translate back."""

from anjia.identity.console import doors, mine, organizations, roles, users

app_name = "identity"
urlpatterns = [
    *doors.urlpatterns,
    *mine.urlpatterns,
    *users.urlpatterns,
    *roles.urlpatterns,
    *organizations.urlpatterns,
]
