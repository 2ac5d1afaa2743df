FROM python:3.13-slim

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .
# The secret is for this one step; the real one comes from the environment.
RUN SECRET_KEY=only-to-collect-the-static-files-while-the-image-is-built \
    python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system ringsite

USER ringsite
ENV PRODUCTION=true PORT=8000
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
