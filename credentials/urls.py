from credentials.views import catalog, editor, exchange, frameworks, manage

app_name = "credentials"
urlpatterns = [
    *catalog.urlpatterns,
    *manage.urlpatterns,
    *editor.urlpatterns,
    *frameworks.urlpatterns,
    *exchange.urlpatterns,
]
