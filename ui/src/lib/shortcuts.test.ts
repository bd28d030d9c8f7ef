import { expect, test } from "vitest";
import { shortcuts } from "./shortcuts.svelte";

const done: string[] = [];
const known = (keys: string) => ({ keys, words: keys, act: () => void done.push(keys) });

test("a key alone, and two after each other", () => {
  const end = shortcuts.register(() => [known("j"), known("g e")]);
  expect(shortcuts.found("j", 0)?.keys).toBe("j");
  expect(shortcuts.found("g", 100)).toBeNull();
  expect(shortcuts.found("e", 300)?.keys).toBe("g e");
  expect(shortcuts.found("g", 1000)).toBeNull();
  expect(shortcuts.found("e", 9000)).toBeNull();
  expect(shortcuts.found("e", 9100)).toBeNull();
  end();
  expect(shortcuts.found("j", 9200)).toBeNull();
});

test("the page that came last is asked first", () => {
  const first = shortcuts.register(() => [{ ...known("x"), words: "first" }]);
  const second = shortcuts.register(() => [{ ...known("x"), words: "second" }]);
  expect(shortcuts.found("x", 0)?.words).toBe("second");
  second();
  expect(shortcuts.found("x", 0)?.words).toBe("first");
  first();
});

test("the list is closed as soon as Escape is pressed, so that the next key is the page's", () => {
  shortcuts.listed = true;
  shortcuts.pressed({ key: "Escape", defaultPrevented: false, ctrlKey: false } as KeyboardEvent);
  expect(shortcuts.listed).toBe(false);
});
