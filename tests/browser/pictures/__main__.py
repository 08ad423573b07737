"""Take every picture anew, or those that are named: `make screenshots`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from embedded.demo.practice import OWNER
from tests.browser.conftest import ARGUMENTS, AT_ONCE, Desk, Seen, chromium_path
from tests.browser.conftest import DESK as AT_DESK
from tests.browser.pictures.packing import packed
from tests.browser.pictures.scene import NOW, Scene, played
from tests.browser.pictures.scenes import PICTURES, Picture

FOLDER: Final = Path("docs/pictures")
# What the margins of a sheet are on paper, a window does not know.
MARGINS: Final = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("body { padding: 14mm 16mm !important; box-sizing: border-box; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
"""
SECONDS_MAX: Final = 1_800  # for everything, with the demo


def main() -> int:
    """The exit status: 1 where a picture could not be taken."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS_MAX)
    wanted = [picture for picture in PICTURES if picture.name in sys.argv[1:] or not sys.argv[1:]]
    print("Playing the demo, which takes a minute or two …", flush=True)
    with played() as scene:
        return take(scene, wanted, FOLDER)


def take(scene: Scene, pictures: list[Picture], folder: Path) -> int:
    """Take these pictures of the scene into a folder; gives 1 where one failed."""
    folder.mkdir(parents=True, exist_ok=True)
    newcomer = scene.newcomer() if any(picture.newcomer for picture in pictures) else ""
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        blank = browser.new_page()
        for picture in pictures:
            size = picture.size or AT_DESK
            context = browser.new_context(
                viewport=size,
                color_scheme=picture.theme,
                reduced_motion="reduce",
                locale="en-US",
                timezone_id=f"{NOW.tzinfo}",
            )
            context.set_default_timeout(10_000)
            try:
                taken = _take(Desk(context.new_page(), scene.url, Seen()), picture, scene, newcomer)
                (folder / f"{picture.name}.png").write_bytes(packed(taken, blank))
                print(f"  {picture.name}", flush=True)
            except Exception as error:  # one that fails keeps no other from being taken
                failed = 1
                print(f"  {picture.name} FAILED: {error}", flush=True)
            context.close()
        browser.close()
    return failed


def _take(desk: Desk, picture: Picture, scene: Scene, newcomer: str) -> bytes:
    page = desk.page
    page.clock.set_fixed_time(NOW)
    desk.sign_in(newcomer if picture.newcomer else OWNER.email, scene.password)
    desk.open(picture.way(scene))
    page.wait_for_load_state("networkidle")
    page.evaluate(AT_ONCE)
    page.evaluate("document.fonts.ready")
    picture.do(page)
    page.wait_for_load_state("networkidle")
    if picture.whole:
        page.evaluate("scrollTo(0, 0)")
    if picture.printed:
        page.emulate_media(media="print")
        page.evaluate(MARGINS)
    return page.screenshot(full_page=picture.whole, animations="disabled", caret="hide", scale="css")


def _too_long(_number: int, _frame: object) -> None:
    raise TimeoutError(f"the pictures took more than {SECONDS_MAX} s")


if __name__ == "__main__":
    sys.exit(main())
