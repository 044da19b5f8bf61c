"""Load the templates of pages for staff, each one HTML file."""

from collections.abc import Callable, Mapping

import jinja2


def load(
    name: str,
    *,
    filters: Mapping[str, Callable[..., str]] | None = None,
    package: str = "converter",
) -> jinja2.Template:
    """Return a template that escapes every value, and raises for a name without a value.

    Args:
        name: Name of a file in the package's `templates`.
        filters: Further filters of the template, by name.
        package: The package that has the template.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= dict(filters or {})
    return environment.get_template(name)
