# One image for the services, their workers and the gateway; the command says which.
ARG BASE=python:3.13-slim
FROM ${BASE}

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/opt/venv/bin:$PATH PYTHONPATH=/app
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt \
 && groupadd --gid 10001 caseload && useradd --uid 10001 --gid 10001 --no-create-home caseload \
 && install -d -o caseload -g caseload -m 700 /var/lib/caseload/files
COPY shared shared
COPY gateway gateway
COPY services services
COPY deploy deploy
COPY docs/guide docs/guide
USER caseload
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 CMD ["python", "-m", "deploy.compose.health"]
CMD ["python", "-m", "deploy.compose.web", "gateway.app:create_app()"]
