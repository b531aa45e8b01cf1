from learners.views import assessing, evidence, learning, notices, releasing

app_name = "learners"
urlpatterns = [
    *learning.urlpatterns,
    *evidence.urlpatterns,
    *assessing.urlpatterns,
    *releasing.urlpatterns,
    *notices.urlpatterns,
]
