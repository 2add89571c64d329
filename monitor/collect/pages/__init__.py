"""What web pages say: their feeds, their list of articles, their text.

The only importer of beautifulsoup4 and its selectors.
"""

from __future__ import annotations

from monitor.collect.pages.links import feed_links
from monitor.collect.pages.lists import parse_page
from monitor.collect.pages.soup import decoded, letters
from monitor.collect.pages.text import page_text, page_title

__all__ = ["decoded", "feed_links", "letters", "page_text", "page_title", "parse_page"]
