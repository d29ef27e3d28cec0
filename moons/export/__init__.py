"""A run as files to take away: program, weights, tables, report, animation. Nothing here needs a screen."""
