from learners.views import assessing, learning

app_name = "learners"
urlpatterns = [*learning.urlpatterns, *assessing.urlpatterns]
