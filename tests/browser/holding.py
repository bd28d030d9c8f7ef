"""Waiting while a page goes on, and requests of it that are held back, as a slow service does its answers."""

import re
from collections.abc import Callable, Sequence

from playwright.sync_api import Page, Route

PATIENCE_MS = 60_000
AGAIN_MS = 20


def wait_until(page: Page, condition: Callable[[], object]) -> None:
    """Returns once the condition holds; what the page does meanwhile is taken note of.

    Raises:
        TimeoutError: it did not hold in time.
    """
    for _ in range(PATIENCE_MS // AGAIN_MS):
        if condition():
            return
        page.wait_for_timeout(AGAIN_MS)
    raise TimeoutError("it did not come in time")


class Held:
    """Holds requests of a page back from now on.

    Args:
        page: the page that asks.
        pattern: found in the address of a request.
        method: of the requests; empty for all.
    """

    def __init__(self, page: Page, pattern: re.Pattern[str], method: str = "") -> None:
        self.routes: list[Route] = []
        self._page = page
        self._method = method
        self._is_over = False
        page.route(pattern, lambda route: self._came(route))

    def _came(self, route: Route) -> None:
        if self._is_over or (self._method and route.request.method != self._method):
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self, number: int = 1) -> Sequence[Route]:
        """Waits until so many have come, and returns them."""
        wait_until(self._page, lambda: len(self.routes) >= number)
        return self.routes

    def let_go(self) -> None:
        """Lets all of them go, and holds no more back."""
        self._is_over = True
        for route in self.routes:
            route.continue_()
        self.routes.clear()
