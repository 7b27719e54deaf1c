"""How Streamlit is set for this program: this computer only, no usage data, small limits, plain errors."""

from __future__ import annotations

from typing import Any, Final

from ui.workplace import HOSTS

MAX_UPLOAD_MB: Final = 200

SETTINGS: Final[dict[str, Any]] = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": list(HOSTS),
    "server.maxUploadSize": MAX_UPLOAD_MB,
    "server.maxMessageSize": 32,
    "server.maxWidgetStateSize": 1,
    "server.fileWatcherType": "none",
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableWebsocketCompression": False,
    "browser.gatherUsageStats": False,
    "browser.serverAddress": "localhost",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,
    "theme.primaryColor": "#0b5c8a",
    "theme.font": "sans-serif",
}
"""Option to value, as `App.run(config=...)` takes them."""

LATE_SETTINGS: Final = (
    "browser.gatherUsageStats",
    "server.allowedHosts",
    "server.maxUploadSize",
    "client.toolbarMode",
    "client.showErrorDetails",
    "client.showErrorLinks",
)
"""Those that still take effect once the server runs, for `streamlit run`."""
