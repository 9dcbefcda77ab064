"""Pages that are read: an article with its frames, an overview of many, and a model with all that is known of it."""
