"""The forms of a report, by name; the one that needs templates is imported when it is asked for."""

import json

from scorecards.debrief import Debrief

FORMATS = ("text", "markdown", "html", "star", "log", "json")


def render(debrief: Debrief, form: str, number: str = "") -> str:
    """A debrief in one of the forms; `number` is that of a rehearsal log."""
    from scorecards.reports import markdown, rehearsal_log, star, text

    match form:
        case "markdown":
            return markdown.render(debrief)
        case "star":
            return star.render(debrief)
        case "log":
            return rehearsal_log.render(debrief, number)
        case "json":
            return json.dumps(debrief.as_json(), indent=2, ensure_ascii=True, sort_keys=True)
        case "html":
            from scorecards.reports import html

            return html.render(debrief)
        case _:
            return text.render(debrief)
