# The portal's image: the locked requirements, the code, the collected static files. It holds no secret.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/portal
WORKDIR /portal

COPY requirements/portal.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/portal.txt

COPY . .
# Readable by all and writable by nobody: the portal keeps what it keeps in PostgreSQL and Redis, and files in a volume.
ENV STATIC_ROOT=/portal/static_collected PORTAL_VAR_DIR=/tmp/var
RUN DEBUG=no python manage.py collectstatic --no-input \
    && useradd --system --uid 1000 --home-dir /portal portal \
    && install --directory --owner portal --mode 0700 /files
USER portal
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "ta_portal.wsgi:application"]
