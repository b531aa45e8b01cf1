from learners.views import assessing, concerns, evidence, learning, marking_tools, notices, observation, releasing

app_name = "learners"
urlpatterns = [
    *learning.urlpatterns,
    *evidence.urlpatterns,
    *marking_tools.urlpatterns,
    *assessing.urlpatterns,
    *concerns.urlpatterns,
    *observation.urlpatterns,
    *releasing.urlpatterns,
    *notices.urlpatterns,
]
