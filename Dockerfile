# docker build -t monitor . && docker run -v monitor:/data monitor
# Every package is checked against its hash, and only those that the program needs are installed.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN pip download --no-cache-dir --require-hashes -d /wheels -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY seeds seeds
COPY monitor monitor
RUN python -m venv /opt/monitor && \
    /opt/monitor/bin/pip install --no-cache-dir --no-index --find-links /wheels .

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --home-dir /data monitor
COPY --from=build /opt/monitor /opt/monitor
ENV PATH=/opt/monitor/bin:$PATH
USER 10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5m --timeout=1m --start-period=15m CMD ["monitor", "doctor"]
ENTRYPOINT ["monitor"]
CMD ["run"]
