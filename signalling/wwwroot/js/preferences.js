/** The person's choices on this device: name, theme, devices, shortcuts. Without storage they last for this visit. */
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
    // Denied or full: kept for this visit.
  }
}
