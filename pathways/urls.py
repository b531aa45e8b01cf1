from pathways.views import building, cases, managing, pathways

app_name = "pathways"
urlpatterns = [*pathways.urlpatterns, *managing.urlpatterns, *building.urlpatterns, *cases.urlpatterns]
