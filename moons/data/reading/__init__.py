"""A file that a person brings, as a sheet: what kind it is, its encoding, its frame, its names."""

from moons.data.reading.table_file import read_table

__all__ = ["read_table"]
