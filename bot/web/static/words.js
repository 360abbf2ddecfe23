// What the page says when something is in the way: each sentence with a way out.

const IN_APP = /\bFBAN|\bFBAV|Instagram|\bLine\/|MicroMessenger|Snapchat|TikTok|musical_ly|LinkedInApp|Twitter for|Pinterest|; wv\)|\bGSA\/|Discord|Slack/i;

// Whether this is the small browser inside another app, which often has no microphone.
export function isInApp(agent = navigator.userAgent) {
  return IN_APP.test(agent);
}

export function hasMicrophone() {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

export function whyNoMicrophone(name) {
  if (isInApp()) {
    return { text: `This app’s own browser has no microphone. Copy the link and open it in your real browser, such as Safari, Chrome or Firefox; or write with ${name} here.`, copy: true };
  }
  if (!window.isSecureContext) {
    return { text: `A browser gives the microphone only to addresses that begin with https://, so here you write. Whoever runs this can change that.` };
  }
  return { text: `This browser has no microphone for pages, so here you write. In Safari, Chrome or Firefox you can talk.`, copy: true };
}

// What to say about getUserMedia's refusal, by the error's name. Source: Media Capture and Streams, 10.2.
export function microphoneRefused(error, name) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      if (isInApp()) return whyNoMicrophone(name);
      return { text: `Your browser keeps the microphone from this page. ${howToAllow()} Then try again; or write with ${name} instead.` };
    case "NotFoundError":
    case "OverconstrainedError":
      return { text: `No microphone was found. Plug one in and try again; or write with ${name} instead.` };
    case "NotReadableError":
    case "AbortError":
      return { text: `Another program has the microphone. Close it and try again; or write with ${name} instead.` };
  }
  return { text: `The microphone could not be switched on. Try again; or write with ${name} instead.` };
}

export function howToAllow(agent = navigator.userAgent) {
  if (/iPhone|iPad/.test(agent)) return "Tap the page menu left of the address, then Website Settings, and allow the microphone.";
  if (/Android/.test(agent)) return "Tap the sign left of the address, then Permissions, and allow the microphone.";
  if (/Firefox\//.test(agent)) return "Click the crossed-out microphone left of the address, and take the block away.";
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return "In the menu choose Safari, Settings for This Website, and allow the microphone.";
  return "Click the sign left of the address, and allow the microphone.";
}
