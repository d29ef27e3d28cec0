FROM python:3.11-slim

# The registry's PyTorch for Linux brings 2.5 GB of CUDA. TORCH_INDEX is the address of PyTorch's own index of builds for
# the CPU: see "Get started" on pytorch.org.
ARG TORCH_INDEX

WORKDIR /app
COPY requirements.txt requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
    && grep "^torch==" requirements.txt > /tmp/torch.txt \
    && pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} -r /tmp/torch.txt
COPY .streamlit .streamlit
COPY moons moons
COPY dashboard dashboard
COPY streamlit_app.py ./
RUN python -m compileall -q . && useradd --create-home moons

# From here on nothing is written but temporary files: docker run --read-only --tmpfs /tmp
USER moons
RUN python -m moons.kernel
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://localhost:8501/_stcore/health', timeout=5)"]
CMD ["streamlit", "run", "streamlit_app.py", "--server.headless=true", "--server.port=8501", \
    "--server.fileWatcherType=none"]
