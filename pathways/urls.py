from pathways.views import cases, managing, pathways

app_name = "pathways"
urlpatterns = [*pathways.urlpatterns, *managing.urlpatterns, *cases.urlpatterns]
