"""Clicking and typing as people and WebDriver do it, where playwright does otherwise."""

from __future__ import annotations

from playwright.async_api import Locator

# A field that is entered by a script has its caret before its text; a person clicks behind it.
_CARET_TO_END = """element => {
  if (document.activeElement === element) return true
  element.focus()
  try {
    element.setSelectionRange(element.value.length, element.value.length)
  } catch { return false }
  return true
}"""
_VALUE_OF_OPTION = "element => element.tagName === 'OPTION' ? element.value : null"


async def click(one: Locator) -> None:
    """Click an element; an option, which has no place of its own on the page, is chosen."""
    value = await one.evaluate(_VALUE_OF_OPTION)
    if value is None:
        await one.click()
    else:
        await one.locator("xpath=ancestor::select").select_option(value)


async def type_text(one: Locator, text: str) -> None:
    """Press the keys of a text in an element, behind what it holds."""
    if not await one.evaluate(_CARET_TO_END):
        await one.press("End")
    await one.press_sequentially(text)
