/** What the person chose on this device: name, theme, devices, shortcuts. Works without storage, then only for this visit. */
const prefix = 'causeway.';
const visit = new Map();

export function remembered(key, fallback = '') {
  try {
    return localStorage.getItem(prefix + key) ?? fallback;
  } catch {
    return visit.get(key) ?? fallback;
  }
}

export function remember(key, value) {
  visit.set(key, value);
  try {
    if (value === '') localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, value);
  } catch {
    // Refused or full: kept for this visit.
  }
}
