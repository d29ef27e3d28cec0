# A browser for the tests: one that is there, else the system's package, else Playwright's own download.
bin=$1
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk && exit 0
fi
"$bin/playwright" install --with-deps chromium || "$bin/playwright" install chromium
