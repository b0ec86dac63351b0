# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/mediation
COPY requirements.txt .
RUN /opt/mediation/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY pyproject.toml .
COPY api api
COPY domain domain
COPY mediation mediation
COPY projections projections
RUN /opt/mediation/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends poppler-utils tesseract-ocr tesseract-ocr-ara \
    tesseract-ocr-chi-sim tesseract-ocr-chi-tra tesseract-ocr-deu tesseract-ocr-fra tesseract-ocr-ita \
    tesseract-ocr-por tesseract-ocr-rus tesseract-ocr-spa && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/mediation --create-home mediation
COPY --from=build /opt/mediation /opt/mediation
USER mediation
WORKDIR /var/lib/mediation
ENV PATH=/opt/mediation/bin:$PATH PYTHONUNBUFFERED=1 MEDIATION_HOST=0.0.0.0 MEDIATION_DATA_DIR=/var/lib/mediation
VOLUME /var/lib/mediation
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["mediation", "serve"]
