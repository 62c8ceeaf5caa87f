"""Debriefs as people read them: plain lines, Markdown, a page that needs nothing else, and two short documents."""
