from learners.views import assessing, concerns, evidence, learning, marking_tools, notices, releasing

app_name = "learners"
urlpatterns = [
    *learning.urlpatterns,
    *evidence.urlpatterns,
    *marking_tools.urlpatterns,
    *assessing.urlpatterns,
    *concerns.urlpatterns,
    *releasing.urlpatterns,
    *notices.urlpatterns,
]
