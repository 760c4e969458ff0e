"""The web server's settings; address and nothing else comes from `manage.py serve`."""

from pathlib import Path

worker_class = "gthread"
workers = 2
threads = 4
# Loaded once, before the fork: the workers share its memory.
preload_app = True
# A slow page must not be taken for a dead worker; the longest is an import's preview.
timeout = 60
graceful_timeout = 25
control_socket_disable = True
accesslog = None
loglevel = "warning"
# The heartbeat file on a busy disk blocks; memory does not.
if Path("/dev/shm").is_dir():  # noqa: S108 - the system's own folder, gunicorn makes a safe file
    worker_tmp_dir = "/dev/shm"  # noqa: S108 - as above
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tkpk.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "propagate": False}},
}
