/** Helpers for the page's elements. Text from people is only ever set as text, never as HTML. */

export const byId = id => document.getElementById(id);

/** A copy of a template's first element. */
export function clone(templateId) {
  return byId(templateId).content.firstElementChild.cloneNode(true);
}

/** Replaces a button's icon by another one of the sprite. */
export function setIcon(element, name) {
  element.querySelector('use').setAttribute('href', `/icons.svg#${name}`);
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A small button with text. */
export function button(text, onClick, className = '') {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = `small ${className}`.trim();
  element.textContent = text;
  element.addEventListener('click', onClick);
  return element;
}

/** Shows a device button's state, also to screen readers. */
export function setPressed(element, pressed, label) {
  element.setAttribute('aria-pressed', String(pressed));
  element.title = label;
}
