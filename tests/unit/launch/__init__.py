"""From nothing to a page that answers: options, environment, build, processes."""
