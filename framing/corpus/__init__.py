"""Scoring of many articles, what is written of them, and their frame mix."""
