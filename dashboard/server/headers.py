"""Headers of every answer: what a browser may do with the page."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from importlib.resources import files

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page runs its own scripts and Streamlit's, and loads and sends nothing elsewhere: nothing is allowed but what
# stands here. No text becomes a script: neither within the page, but for the one of Streamlit's, nor by eval. The page
# may be shown in a frame of any other: that is how a class sees it.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' blob: {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' {sockets}",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors *",
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": (
        "accelerometer=(), bluetooth=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}
# Streamlit's chunks that the first picture needs, and that its page asks for only once the script has drawn something
FIRST_CHUNKS = ("PlotlyChart", "BidiComponent", "Slider", "Selectbox", "Checkbox", "NumberInput", "ButtonGroup", "Html")
_HOST = re.compile(r"[\w.:\[\]-]+")


def inline_scripts() -> str:
    """The hashes by which a policy allows the scripts that stand in Streamlit's own page."""
    page = files("streamlit").joinpath("static", "index.html").read_text(encoding="utf-8")
    hashes = (hashlib.sha256(script.encode()).digest() for script in re.findall(r"<script>(.*?)</script>", page, re.S))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)


def first_chunks() -> list[str]:
    """Where a browser finds FIRST_CHUNKS."""
    found = files("streamlit").joinpath("static", "static", "js").iterdir()
    names = sorted(file.name for file in found if file.name.partition(".")[0] in FIRST_CHUNKS)
    return [f"./static/js/{name}" for name in names]


def early(addresses: Iterable[str]) -> str:
    """The Link header that lets a browser load modules while it still waits for the script."""
    return ", ".join(f"<{address}>; rel=modulepreload" for address in addresses)


class PageHeaders:
    """ASGI middleware that adds HEADERS and the policy to every HTTP answer, and to a page what it will need."""

    def __init__(self, app: ASGIApp, modules: Callable[[], Iterable[str]] = tuple) -> None:
        """`modules`: of the page's own, those that it will need."""
        self.app, self.modules = app, modules
        self.scripts, self.chunks = inline_scripts(), first_chunks()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | {"Content-Security-Policy": self._policy(scope)}).items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", early([*self.chunks, *self.modules()]))
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)

    def _policy(self, scope: Scope) -> str:
        """For some browsers 'self' has no sockets: those of the host that was asked are named."""
        asked = Headers(scope=scope)
        hosts = {asked.get(name, "") for name in ("host", "x-forwarded-host")}
        named = [f"{scheme}://{host}" for host in sorted(hosts) if _HOST.fullmatch(host) for scheme in ("ws", "wss")]
        return POLICY.format(scripts=self.scripts, sockets=" ".join(named))
