/** Why a camera, a microphone or a screen could not be had, and what the person can do about it. */

/** @param {'camera' | 'microphone' | 'screen'} what */
export function explainTrouble(what, error) {
  const the = what === 'screen' ? 'screen' : what;
  switch (error.name) {
    case 'InsecureContext':
      return `Browsers give the ${the} only to pages opened over HTTPS or on localhost. Open this page with https:// (locally: script/up --lan).`;
    case 'NotAllowedError':
      return what === 'screen'
        ? 'The screen is not shared: nothing was chosen, or the system does not let this browser record the screen.'
        : `The browser may not use the ${the}. Allow it in the address bar (or in the system’s privacy settings), then try again.`;
    case 'NotFoundError':
      return `No ${the} was found. Plug one in, or join without.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${the} does not start: another program may be using it. Close that one, then try again.`;
    case 'OverconstrainedError':
      return `The chosen ${the} is not there any more. Choose another one.`;
    case 'NotSupportedError':
    case 'TypeError':
      return `This browser cannot share the ${the}.`;
    default:
      return `The ${the} does not start: ${error.message || error.name}.`;
  }
}

/** Thrown where the browser hides its devices from an insecure page. */
export function insecureContext() {
  return Object.assign(new Error('insecure context'), { name: 'InsecureContext' });
}
