"""All figures: `make bench`."""

from benchmarks import engine, explore, many, page

engine.main()
many.main()
explore.main()
page.main()
