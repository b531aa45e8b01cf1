from learners.views import assessing, learning, notices, releasing

app_name = "learners"
urlpatterns = [*learning.urlpatterns, *assessing.urlpatterns, *releasing.urlpatterns, *notices.urlpatterns]
