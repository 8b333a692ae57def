"""The edge of a request: its time, its language and who acts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from homeward.kernel import Actor
from homeward.parties import queries as party_queries
from homeward.web.design import views as design_views
from homeward.web.portal import access

Handler = Callable[[HttpRequest], HttpResponse]

API = "/api/"
LANGUAGE_COOKIE = "homeward_language"


class MachineLane:
    """Take systems that call the API with a key past what only browsers need: sessions, languages, forms, messages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path_info.startswith(API) and "HTTP_AUTHORIZATION" in request.META):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.at = timezone.now()
        return match.func(request, *match.args, **match.kwargs)


class LanguageMiddleware:
    """Speak the language asked for by `?lang=`, else by the cookie, else by the browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "").lower()
        cookie = request.COOKIES.get(LANGUAGE_COOKIE, "")
        if asked in self.known:
            language = asked
        elif cookie in self.known:
            language = cookie
        else:
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        if asked == language and asked != cookie:
            response.set_cookie(
                LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="Lax", secure=settings.IS_SECURE, httponly=True
            )
        return response


class UnreadableMiddleware:
    """Answer 400 to an address with a zero character in it: PostgreSQL holds none, and cannot ask for one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_readable = "\0" not in request.path and "%00" not in request.META.get("QUERY_STRING", "")
        return self.get_response(request) if is_readable else design_views.bad_request(request)


class MissingMiddleware:
    """Answer 404 where a view asked for a row that does not exist or is not the actor's to see; both look alike."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Give the page for what is not found; leave every other exception alone."""
        if isinstance(exception, ObjectDoesNotExist):
            return design_views.not_found(request, exception)
        return None


class ActorMiddleware:
    """Give every request its time (`request.at`) and its actor: staff by sign-in, shoppers by what they proved."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()
        request.actor = SimpleLazyObject(lambda: _actor(request))
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    if request.user.is_authenticated:
        return party_queries.actor_of(request.user)
    return access.shopper_of(request.session, at=request.at)
