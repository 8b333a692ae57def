"""The addresses of the portal, below a shop's own name."""

from django.urls import path

from homeward.web.portal.views import asking, embedding, files, lookup, policy, status, withdrawal

app_name = "portal"

_ORDER = "<slug:slug>/orders/<str:order>/"
_RETURN = "<slug:slug>/returns/<str:number>/"

urlpatterns = [
    path("<slug:slug>/", lookup.lookup, name="lookup"),
    path("<slug:slug>/link/", lookup.ask_link, name="ask_link"),
    path("<slug:slug>/link/renew/", lookup.renew_link, name="renew_link"),
    path("<slug:slug>/open/<str:token>/", lookup.open_order, name="open_order"),
    path("<slug:slug>/draft/<str:token>/", lookup.open_draft, name="open_draft"),
    path("<slug:slug>/go/<str:token>/", lookup.open_return, name="open_return"),
    path("<slug:slug>/leave/", lookup.leave, name="leave"),
    path("<slug:slug>/policy/", policy.here, name="policy"),
    path("<slug:slug>/policy/<str:place>.json", policy.twin, name="policy_twin"),
    path("<slug:slug>/policy/<str:place>/", policy.policy, name="policy_in"),
    path("<slug:slug>/sitemap.xml", policy.sitemap, name="sitemap"),
    path("<slug:slug>/withdraw.js", embedding.script, name="withdraw_script"),
    path("<slug:slug>/withdraw/", withdrawal.withdraw, name="withdraw"),
    path("<slug:slug>/withdraw/confirm/", withdrawal.confirm, name="confirm_withdrawal"),
    path("<slug:slug>/withdraw/embed/", embedding.embed, name="embed"),
    path("<slug:slug>/withdraw/embed/<str:token>/", embedding.embed_receipt, name="embed_receipt"),
    path("<slug:slug>/withdraw/embed/<str:token>/receipt.pdf", embedding.embed_paper, name="embed_paper"),
    path("<slug:slug>/withdraw/<str:number>/", withdrawal.receipt, name="receipt"),
    path("<slug:slug>/withdraw/<str:number>/receipt.txt", withdrawal.receipt_file, name="receipt_file"),
    path("<slug:slug>/withdraw/<str:number>/receipt.pdf", withdrawal.receipt_paper, name="receipt_paper"),
    path(_ORDER, asking.items, name="items"),
    path(f"{_ORDER}sum/", asking.items_sum, name="items_sum"),
    path(f"{_ORDER}reasons/<int:place>/", asking.reason, name="reason"),
    path(f"{_ORDER}reasons/<int:place>/questions/", asking.questions, name="questions"),
    path(f"{_ORDER}solution/", asking.solution, name="solution"),
    path(f"{_ORDER}solution/sum/", asking.solution_sum, name="solution_sum"),
    path(f"{_ORDER}check/", asking.check, name="check"),
    path(f"{_ORDER}later/", asking.later, name="later"),
    path(_RETURN, status.show_return, name="return"),
    path(f"{_RETURN}withdraw/", status.withdraw, name="withdraw_return"),
    path(f"{_RETURN}evidence/", status.add_evidence, name="add_evidence"),
    path(f"{_RETURN}evidence/<str:ref>/", files.exhibit, name="exhibit"),
    path(f"{_RETURN}message/", status.say, name="say"),
    path(f"{_RETURN}tracking/", status.add_tracking, name="add_tracking"),
    path(f"{_RETURN}label/", status.get_label, name="get_label"),
    path(f"{_RETURN}offers/<str:ref>/accept/", status.accept_offer, name="accept_offer"),
    path(f"{_RETURN}offers/<str:ref>/decline/", status.decline_offer, name="decline_offer"),
    path(f"{_RETURN}parcels/<str:ref>/label.pdf", files.label, name="label"),
    path(f"{_RETURN}parcels/<str:ref>/slip.pdf", files.slip, name="slip"),
]
