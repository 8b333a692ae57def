"""Addresses of the dock: the station, receipts with their verbs, strangers, photos, parcels."""

from django.urls import path

from homeward.web.dock.views import receipts, station, strangers

app_name = "dock"
urlpatterns = [
    path("", station.station, name="station"),
    path("scan", station.scan, name="scan"),
    path("center", station.choose_center, name="center"),
    path("parcels/", station.parcels, name="parcels"),
    path("unannounced", strangers.unannounced, name="unannounced"),
    path("returns/<str:ref>/open", strangers.open_return, name="open_return"),
    path("receipts/<str:ref>/", receipts.receipt, name="receipt"),
    path("receipts/<str:ref>/receive", receipts.receive, name="receive"),
    path("receipts/<str:ref>/verdict", receipts.verdict, name="verdict"),
    path("receipts/<str:ref>/inspect", receipts.inspect, name="inspect"),
    path("receipts/<str:ref>/photos", receipts.photograph, name="photograph"),
    path("receipts/<str:ref>/dispute", receipts.dispute, name="dispute"),
    path("receipts/<str:ref>/resolve", receipts.resolve, name="resolve"),
    path("receipts/<str:ref>/reopen", receipts.reopen, name="reopen"),
    path("receipts/<str:ref>/match", strangers.match, name="match"),
    path("inspections/<str:ref>/confirm", receipts.confirm, name="confirm"),
    path("inspections/<str:ref>/void", receipts.void, name="void"),
    path("photos/<str:ref>", receipts.photo, name="photo"),
]
