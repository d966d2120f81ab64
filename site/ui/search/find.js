// Finding sections in an index that package search has made. It knows nothing of the page.

// fold makes letters equal that people type for one another, as package search does; a text keeps its length.
export const fold = (text) => text.toLowerCase().normalize("NFC").replace(/[^\0-~]/gu, (c) => c.normalize("NFD").replace(/\p{M}/gu, "") || c);

// load reads an index.
export async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const index = await response.json();
  index.sorted = Object.keys(index.words).sort();
  return index;
}

// find returns up to most sections that have every word of the query, or one that begins so, the best ones first.
export function find(index, query, most) {
  const words = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!words.length) return [];
  let scores = null;
  for (const word of words) {
    const now = weigh(index, word);
    if (scores) for (const [section, score] of now) {
      if (scores.has(section)) now.set(section, score + scores.get(section));
      else now.delete(section);
    }
    scores = now;
  }
  return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most).map(([section]) => index.sections[section]);
}

// weigh says how much each section has to say of a word: in full for the word itself, half for one that begins so.
function weigh(index, word) {
  const scores = new Map();
  for (let i = first(index.sorted, word); i < index.sorted.length && index.sorted[i].startsWith(word); i++) {
    const share = index.sorted[i] === word ? 1 : 0.5;
    const found = index.words[index.sorted[i]];
    for (let n = 0; n < found.length; n += 2) {
      scores.set(found[n], Math.max(scores.get(found[n]) ?? 0, share * found[n + 1]));
    }
  }
  return scores;
}

// first is where word stands in sorted, or would.
function first(sorted, word) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
