"""A run or a model in, one frozen result out. No file here imports another."""
