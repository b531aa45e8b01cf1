import pytest
from django.test import Client


@pytest.fixture
def signed_in():
    """signed_in(user): a client with that person's session."""

    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make
