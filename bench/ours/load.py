"""A load without end from the lines of one job: the same again and again, under new keys."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bench.job import LAYOUTS, Job
from bench.ours.door import Post
from bench.ours.end_to_end import posts_of

_KEYS = re.compile(rb'("(?:%b)":" ?)[0-9a-f]{8}' % b"|".join(layout.key.encode() for layout in LAYOUTS))


class Load:
    """Posts as many as anybody asks for. Written in full width, 2 keys in 100 stay as they are: duplicates.

    Args:
        tokens: Class → token of its source.
        post_lines: Records in one request.
    """

    def __init__(self, job: Job, tokens: Mapping[str, str], post_lines: int) -> None:
        self._posts = posts_of(job, tokens, post_lines)

    def post(self, number: int) -> Post:
        """Return the post of this number: its key says which, its records' keys which time round."""
        round_no, place = divmod(number, len(self._posts))
        post = self._posts[place]
        body = _KEYS.sub(rb"\g<1>%08x" % round_no, post.body) if round_no else post.body
        return replace(post, body=body, key=f"load-{number}")
