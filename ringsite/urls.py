"""The site: the product, the accounts, and Django's own admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("rings.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "rings.middleware.not_understood"
