/** Why a camera, a microphone or a screen isn't available, and what the person can do about it. */

/** @param {'camera' | 'microphone' | 'screen'} what */
export function explainTrouble(what, error) {
  switch (error.name) {
    case 'InsecureContext':
      return `Browsers allow the ${what} only over HTTPS or on localhost. Open this page with https:// (locally: script/up --lan).`;
    case 'NotAllowedError':
      return what === 'screen'
        ? 'Screen sharing was cancelled, or the system doesn’t let this browser record the screen.'
        : `This page isn’t allowed to use the ${what}. Allow it in the address bar or the system’s privacy settings, then try again.`;
    case 'NotFoundError':
      return `No ${what} found. Plug one in, or join without one.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${what} didn’t start. Another program may be using it. Close that program, then try again.`;
    case 'OverconstrainedError':
      return `The selected ${what} is no longer available. Choose another one.`;
    case 'NotSupportedError':
    case 'TypeError':
      return `This browser can’t use the ${what}.`;
    default:
      return `The ${what} didn’t start: ${error.message || error.name}.`;
  }
}

/** Thrown where the browser hides devices from an insecure page. */
export function insecureContext() {
  return Object.assign(new Error('insecure context'), { name: 'InsecureContext' });
}
