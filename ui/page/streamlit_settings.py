"""How Streamlit is set for this program: this computer only, no usage data, small limits, plain errors."""

from __future__ import annotations

from typing import Any, Final

from ui.live.app_state import HOSTS
from ui.signin.clinic import ClinicFile

MAX_UPLOAD_MB: Final = 200
MAX_MESSAGE_MB: Final = 32
"""Of one message of a browser: a minute that was recorded by the camera comes in one."""

SETTINGS: Final[dict[str, Any]] = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": list(HOSTS),
    "server.maxUploadSize": MAX_UPLOAD_MB,
    "server.maxMessageSize": 32,
    "server.maxWidgetStateSize": MAX_MESSAGE_MB,
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
    "secrets.files": [],
}
"""Option to value, as `App.run(config=...)` takes them, at home."""

LATE_SETTINGS: Final = (
    "browser.gatherUsageStats",
    "server.allowedHosts",
    "server.maxUploadSize",
    "client.toolbarMode",
    "client.showErrorDetails",
    "client.showErrorLinks",
    "secrets.files",
)
"""Those that still take effect once the server runs, for `streamlit run`."""


def settings_of(clinic: ClinicFile | None) -> dict[str, Any]:
    """How this server is set: SETTINGS at home; a clinic's is reached under its name, and Streamlit signs people in."""
    if clinic is None:
        return SETTINGS
    return {
        **SETTINGS,
        "server.address": clinic.clinic.address,
        "server.allowedHosts": [*HOSTS, clinic.host],
        "browser.serverAddress": clinic.host,
        "secrets.files": [str(clinic.path)],
    }
