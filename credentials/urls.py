from credentials.views import catalog, editor, manage

app_name = "credentials"
urlpatterns = [*catalog.urlpatterns, *manage.urlpatterns, *editor.urlpatterns]
