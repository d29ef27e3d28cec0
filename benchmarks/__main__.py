"""All figures: `make bench`."""

from benchmarks import engine, page

engine.main()
page.main()
