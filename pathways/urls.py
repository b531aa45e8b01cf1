from pathways.views import urlpatterns as urlpatterns

app_name = "pathways"
