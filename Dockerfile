# The service on Google Cloud. Each RUN below is a step of scripts/image_steps.sh, which CI also runs
# without an engine; sizes and the reasons for this base: docs/reference/cloud.md.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-cloud.lock requirements-build.lock ./
COPY scripts/image_steps.sh scripts/
RUN scripts/image_steps.sh dependencies /opt/hippique
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN scripts/image_steps.sh package /opt/hippique
RUN scripts/image_steps.sh check /opt/hippique

FROM python:3.11-slim-bookworm
COPY --from=build /opt/hippique /opt/hippique
COPY gunicorn.conf.py /app/
WORKDIR /app
ENV PATH=/opt/hippique/bin:$PATH PORT=8080 PYTHONUNBUFFERED=1
# A number, so that a platform which refuses root can tell; it owns nothing and writes to /tmp only.
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health\", timeout=4)"]
CMD ["gunicorn"]
