"""The edge of a request: its time, its language and who acts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from homeward.api import edge
from homeward.config import failures
from homeward.kernel import Actor
from homeward.parties import queries as party_queries
from homeward.web.design import views as design_views
from homeward.web.portal import access

Handler = Callable[[HttpRequest], HttpResponse]

LANGUAGE_COOKIE = "homeward_language"
FORM = 2**20  # bytes of a form around its file, and more


class MachineLane:
    """Take systems that call the API with a key past what only browsers need: sessions, languages, forms, messages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (failures.is_system(request) and "HTTP_AUTHORIZATION" in request.META):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.at = timezone.now()
        return match.func(request, *match.args, **match.kwargs)


class SizeMiddleware:
    """Answer 413 to what is larger than all files of a form together may be, before any of it is read or kept."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or ""
        is_too_large = told.isdecimal() and len(told) < 20 and int(told) > self._most(request)
        return failures.too_large(request) if is_too_large else self.get_response(request)

    def _most(self, request: HttpRequest) -> int:
        """Return how many bytes are taken here: the office takes files of orders."""
        is_import = request.path_info == reverse("office:imports")
        return max(settings.LARGEST_BODY, settings.IMPORT_MOST_BYTES + FORM) if is_import else settings.LARGEST_BODY


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
        return self.get_response(request) if edge.is_readable(request) else failures.bad_request(request)


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
