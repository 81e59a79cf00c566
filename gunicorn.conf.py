"""How gunicorn runs the service on Cloud Run: one uvicorn worker, stopped within ten seconds.

Read by plain `gunicorn` in the folder of this file, as the image does.
"""

import os

wsgi_app = "hippique.bootstrap.cloud:make()"
bind = f"0.0.0.0:{os.environ.get('PORT', '8080')}"

# Live events and claims are in-process: one worker, whose threads answer the calls side by side.
workers = 1
worker_class = "uvicorn_worker.UvicornWorker"

# Cloud Run ends a request after 300 s; a worker whose loop stands still for longer is replaced.
timeout = 330
# Cloud Run kills ten seconds after SIGTERM. An event stream that stays open is cut before that.
graceful_timeout = 8

# Cloud Run's front end speaks to the container from a link-local address, and writes the caller's
# own address last in X-Forwarded-For. What stands before it is the caller's word, not believed.
forwarded_allow_ips = "127.0.0.1,::1,169.254.0.0/16"

# The service writes one JSON line an event, Cloud Run one an access: a third log would only repeat.
accesslog = None
loglevel = "warning"
# The image's user has no home to keep a control socket in, and nobody to use it.
control_socket_disable = True
