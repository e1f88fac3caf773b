"""Handouts: a lesson or a course on paper, with pictures of the learner's own run."""
