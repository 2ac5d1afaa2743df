FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .
# The secret is for this one step; the real one comes from the environment.
RUN SECRET_KEY=only-to-collect-the-static-files-while-the-image-is-built \
    python manage.py collectstatic --noinput --verbosity 0

# Nobody in particular: the app writes no file.
USER 10001
ENV PRODUCTION=true PORT=8000
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
