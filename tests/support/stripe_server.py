"""The server behind stripe_double.py: localstripe, with a layer before it that keeps idempotency keys and has moods.

localstripe forgets keys: the same POST twice makes two refunds, where Stripe would make one.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from aiohttp import web
from localstripe import resources, server

moods: dict[str, Any] = {}
kept: dict[str, tuple[bytes, int, bytes]] = {}


def problem(status: int, message: str, **more: str) -> web.Response:
    """Return an error as Stripe shapes it."""
    return answer(status, {"error": {"type": "invalid_request_error", "message": message, **more}})


def answer(status: int, body: object) -> web.Response:
    """Return JSON, or bytes that are JSON already."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(status=status, body=text, content_type="application/json")


@web.middleware
async def layer(request: web.Request, handler: Any) -> web.StreamResponse:
    """Keep keys and have moods, before localstripe sees the request."""
    if request.path == "/_mood":
        moods.clear()
        moods.update(await request.json())
        return web.Response(text="ok")
    is_refund = request.method == "POST" and request.path == "/v1/refunds"
    if moods.get("is_down"):
        return problem(503, "down for maintenance")
    if is_refund and moods.get("refuses"):
        return problem(400, str(moods["refuses"]), code="charge_already_refunded")
    body, key = await request.read(), request.headers.get("Idempotency-Key", "")
    if key in kept and not moods.get("forgets_keys"):
        before, status, text = kept[key]
        if before != body:
            return problem(400, "this key was used for another request", type="idempotency_error")
        return answer(status, text)
    return await pass_on(request, handler, body=body, key=key, is_refund=is_refund)


async def pass_on(request: web.Request, handler: Any, *, body: bytes, key: str, is_refund: bool) -> web.StreamResponse:
    """Let localstripe do it, then keep the answer, and lose it where the mood says so."""
    done = await handler(request)
    text = bytes(done.body)
    if is_refund and moods.get("is_slow") and done.status == 200:
        made = json.loads(text)
        resources.store["refund:" + made["id"]].status = made["status"] = "pending"
        text = json.dumps(made).encode()
    if key:
        kept[key] = (body, done.status, text)
    if is_refund and moods.get("drops_answers", 0) > 0:
        moods["drops_answers"] -= 1
        assert request.transport is not None
        request.transport.close()
    return answer(done.status, text)


async def serve() -> None:
    """Serve on a free port of this machine, and print the address."""
    resources.store.dump_to_disk = lambda: None  # it would pickle itself into /tmp at every change
    server.app.middlewares.insert(0, layer)
    runner = web.AppRunner(server.app)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
