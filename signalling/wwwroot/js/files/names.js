/** File names and sizes, as people read them. */

/** A name from the other side without what could lead astray: folders, control characters, reversed writing, great length. */
export function cleanName(name) {
  const base = name.split(/[/\\]/).pop()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069<>:"|?*]/g, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (base.length <= 120) return base || 'file';
  const dot = base.lastIndexOf('.');
  const extension = dot > 0 && base.length - dot <= 12 ? base.slice(dot) : '';
  return base.slice(0, 120 - extension.length) + extension;
}

/** As `4.8 MB`. */
export function formatSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
