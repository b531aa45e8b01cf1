import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ["SIGNET_PROCESS"] = "web"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
