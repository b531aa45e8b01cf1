# One image for web, worker, documents and beat; docker-compose.yml says which is which.
# Checked with hadolint only: no engine has built it yet.

FROM node:22-bookworm-slim AS packages
WORKDIR /signet
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /signet
COPY requirements/base.txt requirements/base.txt
RUN python -m venv .venv \
    && .venv/bin/pip install --quiet --require-hashes --no-deps -r requirements/base.txt
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
# config/runtime/node.py takes a node only with its npm; nothing here runs npm.
RUN ln -s /usr/local/bin/node /usr/local/bin/npm
COPY --from=packages /signet/node_modules node_modules
COPY . .
RUN .venv/bin/python scripts/assets.py \
    && rm -rf node_modules \
    && DJANGO_SETTINGS_MODULE=config.settings.base \
       SIGNET_HOME=/tmp/home \
       PUBLIC_ORIGIN=https://image.invalid \
       SECRET_KEY=only-to-collect-static-files \
       MASTER_KEY=b25seS10by1jb2xsZWN0LXN0YXRpYy1maWxlcy0zMmI= \
       .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
# Security updates of these libraries are wanted, so no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 signet \
    && useradd --system --uid 10001 --gid signet --home-dir /home/signet --shell /usr/sbin/nologin signet \
    && install -d -o signet -g signet -m 0700 /home/signet
WORKDIR /signet
COPY --from=build /signet /signet
ENV PATH=/signet/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    DJANGO_SETTINGS_MODULE=config.settings.base \
    SIGNET_HOME=/home/signet
USER 10001:10001
VOLUME /home/signet
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "config.wsgi:application"]
