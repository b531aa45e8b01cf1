from credentials.views import catalog, manage

app_name = "credentials"
urlpatterns = [*catalog.urlpatterns, *manage.urlpatterns]
