"""The labelling page: a queue in, a coder's file out."""
