// Finding elements that no script has wired yet.

const wired = new WeakMap();

/** Call `handle` once for every element below `root` (or `root` itself) that matches; `topic` keeps scripts apart. */
export function once(root, selector, topic, handle) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const topics = wired.get(element) ?? new Set();
    if (topics.has(topic)) continue;
    topics.add(topic);
    wired.set(element, topics);
    handle(element);
  }
}
