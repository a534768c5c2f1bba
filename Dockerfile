# syntax=docker/dockerfile:1
# The command `pipeline` with its models, and the server of `pipeline view`:
#   docker build -t news-extraction-pipeline .
#   docker run --rm -i news-extraction-pipeline extract - < article.txt
#   docker run --rm -p 127.0.0.1:8000:8000 -v "$PWD/out/RUN:/data" news-extraction-pipeline
FROM python:3.13-slim AS build
RUN python -m venv /opt/pipeline
ENV PATH=/opt/pipeline/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY .ci/locks/run.txt .ci/locks/build.txt .ci/locks/
RUN pip install --require-hashes -r .ci/locks/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY pipeline pipeline
COPY models models
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r .ci/locks/build.txt \
    && /opt/build/bin/pip wheel --no-deps --no-build-isolation -w /dist . \
    && pip install --no-deps /dist/*.whl

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home pipeline
COPY --from=build /opt/pipeline /opt/pipeline
ENV PATH=/opt/pipeline/bin:$PATH PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
USER 10001
WORKDIR /data
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/records?limit=1', timeout=4)"]
ENTRYPOINT ["pipeline"]
CMD ["serve", "/data", "--host", "0.0.0.0"]
